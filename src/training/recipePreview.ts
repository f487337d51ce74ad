import { requireInteger, requireSome } from '../checks.js';
import { drawAugmentation } from '../data/augmentation/augmentation.js';
import { makeBatch } from '../data/augmentation/batches.js';
import type { Drawn } from '../data/augmentation/transforms/transform.js';
import { denormaliseImage } from '../data/preparation/denormalise.js';
import type { PreparedImages } from '../data/preparation/preprocessing.js';
import type { Raster } from '../image/raster.js';
import { findModel } from '../models/index.js';
import { fillLossTargets } from '../nn/lossTargets.js';
import { Random } from '../random.js';
import { drawMix, type MixSettings, mixBatch } from './optimisation/mixBatch.js';
import type { Recipe } from './recipe/config.js';
import { resolvePreprocessing, trainingSide } from './recipe/trainingSplits.js';

/** What a recipe is tried on. */
export interface PreviewOptions {
  readonly recipe: Recipe;
  /** Fitted as the recipe says: see `recipeFitting`. */
  readonly images: PreparedImages;
  /** Class index of each. */
  readonly labels: ArrayLike<number>;
  readonly classCount: number;
  /** Of all that is drawn. */
  readonly seed: number;
  /** Variants of each image. */
  readonly draws: number;
}

/** An image as it is in one epoch. */
export interface PreviewedDraw {
  readonly picture: Raster;
  /** What was done to it, in order. */
  readonly steps: readonly Drawn[];
}

/** Two images mixed. */
export interface PreviewedBlend {
  readonly kind: 'mixup' | 'cutmix';
  readonly picture: Raster;
  /** [K], how much of the label each class has; they add up to 1. */
  readonly shares: readonly number[];
}

/** What a recipe makes of one image. */
export interface PreviewedImage {
  readonly imageId: string;
  readonly label: number;
  /** As it is in validation and prediction. */
  readonly original: Raster;
  readonly draws: readonly PreviewedDraw[];
  /** With another one of the images, once for each way of mixing that the recipe has. */
  readonly blends: readonly PreviewedBlend[];
}

/**
 * What a recipe does to some images, by the code that trains: each as it is in prediction, varied as in several epochs, and mixed with another. Normalisation that is to come from the
 * training split comes from these images here, which changes nothing but the mean colour of what is filled up or erased.
 * @throws LesionlabError kind `usage` where there is no image, or no draw
 */
export function previewRecipe({ recipe, images, labels, classCount, seed, draws }: PreviewOptions): PreviewedImage[] {
  requireSome('images', images.imageIds, 'image');
  requireInteger('draws', draws, { min: 1 });
  const count = images.imageIds.length;
  const rows = Int32Array.from({ length: count }, (_, i) => i);
  const preprocessing = resolvePreprocessing(
    recipe,
    images,
    { indices: rows, labels: Int32Array.from(labels), lesions: rows },
    null,
    findModel(recipe.model).preprocessing,
  );
  const { augmentation, training } = recipe;
  const side = trainingSide(recipe);
  const source = { images, indices: rows, labels, preprocessing, seed };
  const batchAt = (epoch: number) =>
    makeBatch({ ...source, augmentation, side }, { step: epoch, rows, epochs: rows.map(() => epoch), padding: 0 });
  const seen = { ...preprocessing, imageSize: side };
  const whole = makeBatch(source, { step: 0, rows, epochs: rows.map(() => 0), padding: 0 });
  const varied = Array.from({ length: draws }, (_, epoch) => batchAt(epoch));
  const mixed = stepsOfMixing(training, seed, side).map(({ kind, mix }) => {
    const { images: values, labels: own } = batchAt(draws);
    const targets = new Float32Array(count * classCount);
    fillLossTargets(own, new Array<number>(classCount).fill(1), training.labelSmoothing, targets);
    mixBatch(values, targets, count, mix);
    return { kind, values, targets };
  });
  return images.imageIds.map((imageId, i) => ({
    imageId,
    label: labels[i],
    original: denormaliseImage(whole.images, preprocessing, i),
    draws: varied.map(({ images: values }, epoch) => ({
      picture: denormaliseImage(values, seen, i),
      steps: drawAugmentation(augmentation, images.imageSize, new Random(seed, 'augmentation', epoch, i), side),
    })),
    // The middle one of an odd number has no partner.
    blends: mixed.flatMap(({ kind, values, targets }) =>
      2 * i + 1 === count
        ? []
        : [
            {
              kind,
              picture: denormaliseImage(values, seen, i),
              shares: shareOf(targets.subarray(i * classCount, (i + 1) * classCount)),
            },
          ],
    ),
  }));
}

function shareOf(targets: Float32Array): number[] {
  const sum = targets.reduce((total, value) => total + value, 0);
  return Array.from(targets, (value) => value / sum);
}

/** Steps looked at for one in which a kind of mixing is to be seen, and the share that an image gives away there at least. */
const searched = { steps: 60, share: 0.15 };

function stepsOfMixing(training: MixSettings, seed: number, imageSize: number) {
  return (['mixup', 'cutmix'] as const).flatMap((kind) => {
    if (!(training[kind]! > 0)) return [];
    const drawn = Array.from({ length: searched.steps }, (_, step) => drawMix(training, { seed, step, imageSize })!);
    const own = drawn.filter(({ box }) => (box !== undefined) === (kind === 'cutmix'));
    const mix = own.find(({ share }) => share <= 1 - searched.share) ?? own[0];
    return mix ? [{ kind, mix }] : [];
  });
}
