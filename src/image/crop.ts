import type { Raster } from './raster.js';

/** Copies the part of `width` x `height` pixels whose left top corner is (`left`, `top`); it must lie within the image. */
export function cropImage(image: Raster, left: number, top: number, width: number, height: number): Raster {
  if (left < 0 || top < 0 || left + width > image.width || top + height > image.height)
    throw new RangeError(
      `Crop ${width}x${height} at (${left}, ${top}) leaves the image of ${image.width}x${image.height} pixels.`,
    );
  const { channels } = image;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * image.width + left) * channels;
    data.set(image.data.subarray(from, from + width * channels), y * width * channels);
  }
  return { width, height, channels, data };
}
