import { requireInteger } from '../checks.js';
import type { Raster } from './raster.js';
import { requireRaster } from './requireRaster.js';

/**
 * Copies the part of `width` x `height` pixels whose left top corner is (`left`, `top`).
 * @throws LesionlabError kind `usage` where it doesn't lie within the image
 */
export function cropImage(image: Raster, left: number, top: number, width: number, height: number): Raster {
  requireRaster('image', image);
  requireInteger('width', width, { min: 1, max: image.width });
  requireInteger('height', height, { min: 1, max: image.height });
  requireInteger('left', left, { min: 0, max: image.width - width });
  requireInteger('top', top, { min: 0, max: image.height - height });
  const { channels } = image;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * image.width + left) * channels;
    data.set(image.data.subarray(from, from + width * channels), y * width * channels);
  }
  return { width, height, channels, data };
}
