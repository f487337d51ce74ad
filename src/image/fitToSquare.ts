import { requireInteger } from '../checks.js';
import { type Fit, fitImage } from './fitImage.js';
import type { Raster } from './raster.js';

/**
 * Makes an image square, `size` x `size` pixels, the plain way: `squash` scales both sides to the size (torchvision `Resize((s, s))`); `crop`
 * scales the short side to the size and keeps the middle (torchvision `Resize(s)`, `CenterCrop(s)`); `pad` scales the long side and adds black
 * borders. `fitImage` has all ways.
 * @throws LesionlabError kind `usage` for a picture or a size that is none
 */
export function fitToSquare(image: Raster, size: number, fit: Fit): Raster {
  requireInteger('size', size, { min: 1 });
  return fitImage(image, { imageSize: size, fit });
}
