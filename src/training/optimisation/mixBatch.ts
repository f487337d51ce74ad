import { requireInteger, requireLength } from '../../checks.js';
import type { Part } from '../../image/homography.js';
import { Random } from '../../random.js';
import { drawCutBox, exchangeBoxes } from './cutmix.js';
import { drawMixShare, mixRows } from './mixup.js';

/** How the images of a batch are mixed, and their labels by the same share. */
export interface BatchMix {
  /** Of itself that a row keeps, [0.5, 1]. */
  readonly share: number;
  /** What pairs of images exchange (cutmix); undefined where they are laid over each other (mixup). */
  readonly box?: Part;
}

/** Settings of a recipe that mix images: alpha of each Beta distribution, 0 for never. */
export interface MixSettings {
  readonly mixup?: number;
  readonly cutmix?: number;
}

/**
 * How a step's batch is mixed, by the seed and the step alone; with both mixup and cutmix, each takes half of the steps (as in timm's Mixup).
 * @param imageSize side of the images, pixels @returns undefined where nothing is mixed
 */
export function drawMix(
  { mixup = 0, cutmix = 0 }: MixSettings,
  { seed, step, imageSize }: { readonly seed: number; readonly step: number; readonly imageSize: number },
): BatchMix | undefined {
  const cuts = cutmix > 0 && (mixup === 0 || new Random(seed, 'mixup or cutmix', step).next() < 0.5);
  if (cuts) return drawCutBox(drawMixShare(cutmix, seed, step), imageSize, new Random(seed, 'cutmix', step));
  return mixup > 0 ? { share: drawMixShare(mixup, seed, step) } : undefined;
}

/**
 * Mixes a batch in place, images and targets alike. Rows are paired from both ends of the batch, whose order is random.
 * @param images [N, 3, S, S], or any rows without a box @param targets [N, K]
 */
export function mixBatch(images: Float32Array, targets: Float32Array, count: number, mix: BatchMix): void {
  mixImages(images, count, mix);
  mixRows(targets, count, mix.share);
}

/** The same for the images alone. */
export function mixImages(images: Float32Array, count: number, { share, box }: BatchMix): void {
  requireInteger('count', count, { min: 1 });
  if (box) {
    const size = Math.round(Math.sqrt(images.length / count / 3));
    requireLength('images', images, count * 3 * size * size, `${count} square images`);
    exchangeBoxes(images, count, size, box);
  } else mixRows(images, count, share);
}
