import { dataError } from '../errors.js';
import type { DecodedPixels } from '../image/decodedPixels.js';
import { decodeImage, type SharedMemory } from '../image/decodeImage.js';
import type { ImageCodec, Raster } from '../image/raster.js';

/** Decoding and encoding with the browser's own means, on the page and in workers. */
export const browserCodec: ImageCodec = {
  decode: (bytes) => decodeImage(bytes, decodePixels, largeOnesAlone),
  encodePng: (image) => encode(image, { type: 'image/png' }),
  encodeJpeg: (image, quality = 90) => encode(image, { type: 'image/jpeg', quality: quality / 100 }),
};

async function decodePixels(file: Uint8Array): Promise<DecodedPixels> {
  // Numbers as they are in the file: what the browser would do for a screen is not what a network was trained on.
  const bitmap = await createImageBitmap(new Blob([file as Uint8Array<ArrayBuffer>]), {
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
    imageOrientation: 'from-image',
  });
  const { width, height } = bitmap;
  try {
    // An opaque canvas is black: it shows what is transparent as the rule wants it, to the level.
    const context = contextOf(new OffscreenCanvas(width, height), { alpha: false });
    context.drawImage(bitmap, 0, 0);
    return { width, height, channels: 4, data: context.getImageData(0, 0, width, height).data };
  } finally {
    bitmap.close();
  }
}

const largeImage = 100_000_000;

/** A page's workers share its memory: images that need 100 MB or more take turns, through a lock of the browser's where it has them. */
const largeOnesAlone: SharedMemory = (bytes, work) =>
  bytes < largeImage || !globalThis.navigator?.locks
    ? work()
    : navigator.locks.request('lesionlab: a large image', work);

function contextOf(
  canvas: OffscreenCanvas,
  options: CanvasRenderingContext2DSettings = {},
): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext('2d', { ...options, willReadFrequently: true });
  if (!context) throw dataError('no-canvas', 'The browser has no memory left to decode an image.');
  return context;
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
