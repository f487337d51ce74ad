import { requireInteger, requireOneOf } from '../checks.js';
import { cropImage } from './crop.js';
import type { Raster } from './raster.js';
import { resizeImage } from './resize.js';

/** Half way goes to the even number, as Python's `round` has it; torchvision's CenterCrop depends on it. */
function roundHalfToEven(value: number): number {
  const low = Math.floor(value);
  if (value - low !== 0.5) return Math.round(value);
  return low % 2 === 0 ? low : low + 1;
}

/**
 * Makes an image square, `size` x `size` pixels. `squash` scales both sides to the size (torchvision `Resize((s, s))`); `crop`
 * scales the short side to the size and keeps the middle (torchvision `Resize(s)`, `CenterCrop(s)`).
 * @throws LesionlabError kind `usage` for a picture or a size that is none
 */
export function fitToSquare(image: Raster, size: number, fit: 'squash' | 'crop'): Raster {
  requireInteger('size', size, { min: 1 });
  requireOneOf('fit', fit, ['squash', 'crop']);
  if (fit === 'squash') return resizeImage(image, size, size);
  const { width, height } = image;
  const short = Math.min(width, height);
  const long = Math.trunc((size * Math.max(width, height)) / short);
  const resized = width <= height ? resizeImage(image, size, long) : resizeImage(image, long, size);
  const left = roundHalfToEven((resized.width - size) / 2);
  const top = roundHalfToEven((resized.height - size) / 2);
  if (resized.width === size && resized.height === size) return resized;
  return cropImage(resized, left, top, size, size);
}
