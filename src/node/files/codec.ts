import sharp, { type Sharp } from 'sharp';
import type { DecodedPixels } from '../../image/decodedPixels.js';
import { decodeImage } from '../../image/decodeImage.js';
import type { ImageHeader } from '../../image/header/imageHeader.js';
import { mostPixels } from '../../image/header/readImageHeader.js';
import type { ImageCodec, Raster } from '../../image/raster.js';
import { decodingMemory } from './decodingMemory.js';

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
  decode: (bytes) => decodeImage(bytes, decodePixels, decodingMemory),

  async encodePng(image) {
    return new Uint8Array(await asSharp(image).png({ compressionLevel: 9 }).toBuffer());
  },

  async encodeJpeg(image, quality = 90) {
    return new Uint8Array(await asSharp(image).jpeg({ quality, chromaSubsampling: '4:4:4' }).toBuffer());
  },
};

async function decodePixels(file: Uint8Array, { inks }: ImageHeader): Promise<DecodedPixels> {
  // `warning` is sharp's strictest level; damage inside a JPEG's data is no more than a warning to libjpeg.
  const image = sharp(file, { failOn: 'warning', autoOrient: true, ignoreIcc: true, limitInputPixels: mostPixels });
  // Without it, sharp takes inks to RGB by a profile of its own.
  const { data, info } = await (inks
    ? image.pipelineColourspace('cmyk').toColourspace('cmyk')
    : image.toColourspace('srgb')
  )
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return { width, height, channels, inks, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}
