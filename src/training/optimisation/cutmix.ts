import { requireInteger, requireNumber } from '../../checks.js';
import type { Part } from '../../image/homography.js';
import type { Random } from '../../random.js';

/**
 * CutMix (Yun et al. 2019, arXiv 1905.04899): pairs of images exchange a rectangle, and their labels the share of its area, so that a lesion must be known by a
 * part of it. Drawn as torchvision's CutMix (v2) does: a square about any point, cut off at the edges of the picture.
 * @param share of itself that an image would keep, were nothing cut off, [0, 1] @param imageSize side of the images, pixels
 * @returns the share that it does keep, and the rectangle
 */
export function drawCutBox(
  share: number,
  imageSize: number,
  random: Random,
): { readonly share: number; readonly box: Part } {
  requireNumber('share', share, { min: 0, max: 1 });
  const [x, y] = [random.integer(imageSize), random.integer(imageSize)];
  const half = Math.trunc(0.5 * Math.sqrt(1 - share) * imageSize);
  const [left, top] = [Math.max(0, x - half), Math.max(0, y - half)];
  const [right, bottom] = [Math.min(imageSize, x + half), Math.min(imageSize, y + half)];
  const box = { left, top, width: right - left, height: bottom - top };
  return { share: 1 - (box.width * box.height) / imageSize ** 2, box };
}

/** Exchanges a rectangle between the first and the last image, the second and the last but one, and so on. @param images [N, 3, S, S], in place */
export function exchangeBoxes(
  images: Float32Array,
  count: number,
  size: number,
  { left, top, width, height }: Part,
): void {
  requireInteger('count', count, { min: 1 });
  requireInteger('left', left, { min: 0, max: size - width });
  requireInteger('top', top, { min: 0, max: size - height });
  const plane = size * size;
  for (let first = 0, last = count - 1; first < last; first++, last--)
    for (let c = 0; c < 3; c++)
      for (let y = top; y < top + height; y++) {
        const line = c * plane + y * size + left;
        const [a, b] = [first, last].map((row) =>
          images.subarray(row * 3 * plane + line, row * 3 * plane + line + width),
        );
        const kept = a.slice();
        a.set(b);
        b.set(kept);
      }
}
