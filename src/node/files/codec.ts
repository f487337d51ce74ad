import sharp, { type Sharp } from 'sharp';
import type { ImageCodec, Raster } from '../../image/raster.js';

// We bring our own threads, one image each: libvips' pool and cache would only compete with them for cores and memory.
sharp.cache(false);
sharp.concurrency(1);

function asSharp(image: Raster): Sharp {
  const { data, width, height, channels } = image;
  return sharp(data, { raw: { width, height, channels } });
}

/**
 * Decoding and encoding in Node, through sharp. Decoding is strict: a truncated file and one whose entropy-coded data is
 * damaged are refused, although libjpeg could invent pixels for the missing part.
 */
export const sharpCodec: ImageCodec = {
  async decode(bytes) {
    // `warning` is sharp's strictest level; damage inside a JPEG's data is no more than a warning to libjpeg.
    const { data, info } = await sharp(bytes, { failOn: 'warning', autoOrient: true })
      .toColourspace('srgb')
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const pixels = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const { width, height } = info;
    if (info.channels === 3) return { width, height, channels: 3, data: pixels };
    const rgb = new Uint8Array(width * height * 3);
    for (let i = 0; i < width * height; i++) rgb.fill(pixels[i * info.channels], i * 3, i * 3 + 3);
    return { width, height, channels: 3, data: rgb };
  },

  async encodePng(image) {
    return new Uint8Array(await asSharp(image).png({ compressionLevel: 9 }).toBuffer());
  },

  async encodeJpeg(image, quality = 90) {
    return new Uint8Array(await asSharp(image).jpeg({ quality, chromaSubsampling: '4:4:4' }).toBuffer());
  },
};
