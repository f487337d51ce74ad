import { dataError } from '../errors.js';
import type { ImageCodec, Raster } from '../image/raster.js';

/** Decoding and encoding with the browser's own means, on the page and in workers. */
export const browserCodec: ImageCodec = {
  async decode(bytes) {
    const bitmap = await decodeBitmap(bytes);
    try {
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      const context = contextOf(canvas);
      context.drawImage(bitmap, 0, 0);
      return withoutAlpha(context.getImageData(0, 0, bitmap.width, bitmap.height));
    } finally {
      bitmap.close();
    }
  },
  encodePng: (image) => encode(image, { type: 'image/png' }),
  encodeJpeg: (image, quality = 90) => encode(image, { type: 'image/jpeg', quality: quality / 100 }),
};

async function decodeBitmap(bytes: Uint8Array): Promise<ImageBitmap> {
  try {
    // Pixels as they are in the file: what the browser would do for a screen is not what a network was trained on.
    return await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>]), {
      colorSpaceConversion: 'none',
      premultiplyAlpha: 'none',
      imageOrientation: 'from-image',
    });
  } catch (cause) {
    throw dataError('image-unreadable', 'This file is no image that the browser can read', {
      hint: 'Give it a JPEG, PNG or WebP file.',
      cause,
    });
  }
}

function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw dataError('image-unreadable', 'The browser has no memory left to decode an image');
  return context;
}

function withoutAlpha({ data, width, height }: ImageData): Raster {
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    rgb[to] = data[from];
    rgb[to + 1] = data[from + 1];
    rgb[to + 2] = data[from + 2];
  }
  return { width, height, channels: 3, data: rgb };
}

/** A raster as the browser's own image data, for a canvas. */
export function toImageData({ width, height, channels, data }: Raster): ImageData {
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) image.data[i * 4 + c] = data[i * channels + (channels === 1 ? 0 : c)];
    image.data[i * 4 + 3] = channels === 4 ? data[i * 4 + 3] : 255;
  }
  return image;
}

async function encode(image: Raster, options: ImageEncodeOptions): Promise<Uint8Array> {
  const canvas = new OffscreenCanvas(image.width, image.height);
  contextOf(canvas).putImageData(toImageData(image), 0, 0);
  return new Uint8Array(await (await canvas.convertToBlob(options)).arrayBuffer());
}
