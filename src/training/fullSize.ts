import type { AugmentationSettings } from '../data/augmentation/augmentationSettings.js';
import type { BatchPlan } from '../data/augmentation/batches.js';
import { findNormsAndClassifier } from './optimisation/parameterRoles.js';
import type { Recipe } from './recipe/config.js';
import type { TrainerOptions } from './trainerOptions.js';

/**
 * The step with which the last epochs begin, in which the network gets used to whole images as large as in prediction; undefined where a recipe has none.
 * Touvron et al. 2019, arXiv 1906.06423: after training on smaller crops, classifier and batch norms are adapted at the size of prediction.
 */
export function fullSizeTurn(
  {
    epochs,
    fullSizeEpochs = 0,
  }: Pick<Recipe['training'], 'epochs'> & Partial<Pick<Recipe['training'], 'fullSizeEpochs'>>,
  plan: Pick<BatchPlan, 'epochEnd'>,
): number | undefined {
  return fullSizeEpochs > 0 ? plan.epochEnd(epochs - fullSizeEpochs - 1) : undefined;
}

/** Share of the highest learning rate that the last epochs begin with. */
const beginning = 0.1;

/** Learning rate of a step of the last epochs: from a tenth of the highest to 0, along half a cosine. @param step from 0 @param steps of these epochs */
export const fullSizeRate = (step: number, steps: number, learningRate: number): number =>
  (beginning * learningRate * (1 + Math.cos((Math.PI * step) / Math.max(1, steps)))) / 2;

/** How images are varied in the last epochs: as before, but whole, since objects look larger in a cut than they are in prediction. */
export const wholeImages = (augmentation: AugmentationSettings): AugmentationSettings => ({
  ...augmentation,
  crop: [1, 1],
});

/** A trainer's options in the last epochs: the recipe's own size of images; classifier and batch norms are trained, as far as they were before. */
export function fullSizeOptions(options: TrainerOptions, { imageSize }: Pick<Recipe, 'imageSize'>): TrainerOptions {
  const { model, trainable: before = () => true } = options;
  const adapts = findNormsAndClassifier(model);
  return { ...options, imageSize, trainable: (name) => before(name) && adapts(name) };
}
