import { requireInteger } from '../checks.js';
import { findModel } from '../models/index.js';
import type { OpenOptions, Runtime } from '../runtime/index.js';
import { trainsHeadOnly } from './headTraining.js';
import { type NetworkTimes, timeAugmentation, timeNetwork } from './networkTimes.js';
import type { Recipe } from './recipe/config.js';
import { trainingSide } from './recipe/trainingSplits.js';

/** How many steps a training has, how long it takes, and what it keeps on disk. */
export interface TrainingEstimate {
  readonly steps: number;
  readonly seconds: number;
  /** Of features, where a head is trained on them; else 0. */
  readonly featureBytes: number;
}

/** What a training has before it. */
export interface TrainingWork {
  /** In all splits. */
  readonly images: number;
  /** Of a run that is resumed. */
  readonly epochsDone?: number;
}

/** Shares of the images that the splits hold. */
const trainShare = 0.64;
const validationShare = 0.16;

/** What was measured of networks, by what they computed. */
export type MeasuredNetworks = Map<string, Promise<NetworkTimes>>;

/**
 * How long a training takes, from a few steps taken on random pixels.
 * @param work `images` in all splits; `epochsDone` of a run that is resumed
 * @param measured for other trainings, to which this one's network is added: what computes the same is measured once
 */
export async function estimateTraining(
  runtime: Runtime,
  recipe: Recipe,
  work: TrainingWork & { readonly classCount: number },
  open: OpenOptions,
  measured: MeasuredNetworks = new Map(),
): Promise<TrainingEstimate> {
  const { classCount } = work;
  requireWork(recipe, work);
  requireInteger('classCount', classCount, { min: 2 });
  const size = { model: findModel(recipe.model), classCount, imageSize: recipe.imageSize };
  const side = sideOfBatches(recipe);
  // Images are augmented beside the network, on the same cores.
  const augmented = timeAugmentation(recipe, side) / (open.threads ?? 1);
  const key = JSON.stringify([
    recipe.model,
    recipe.imageSize,
    side,
    classCount,
    { ...recipe.training, ...timeless },
    open,
  ]);
  const times = measured.get(key) ?? timeNetwork(runtime, recipe, size, side, open);
  measured.set(key, times);
  return forecastTraining(recipe, work, { ...(await times), augmented });
}

/**
 * How long a training takes by how long its parts take.
 * @param times `augmented`: seconds that augmenting an image takes from the network
 */
export function forecastTraining(
  recipe: Recipe,
  work: TrainingWork,
  { step, features, augmented }: NetworkTimes & { readonly augmented: number },
): TrainingEstimate {
  requireWork(recipe, work);
  const { images: count, epochsDone = 0 } = work;
  const { epochs, batchSize } = recipe.training;
  const trainImages = Math.round(trainShare * count);
  const steps = forecastSteps(recipe, count);
  const left = 1 - epochsDone / epochs;
  if (!features) {
    const side = sideOfBatches(recipe);
    // Validation predicts a quarter as many images as are trained on, at about a third of a step's time each.
    const validated = (0.25 / 3) * (recipe.imageSize / side) ** 2;
    // Whole images in the last epochs take as much longer as they are larger.
    const last = (recipe.training.fullSizeEpochs / epochs) * ((recipe.imageSize / side) ** 2 - 1);
    const seconds = steps * left * (step * (1 + last + validated) + batchSize * augmented);
    return { steps, seconds, featureBytes: 0 };
  }
  const { secondsPerImage, width } = features;
  const extracted = trainImages * recipe.featureViews + Math.round(validationShare * count);
  // A training that goes on has computed its features already.
  const extracting = epochsDone > 0 ? 0 : extracted * (secondsPerImage + augmented);
  return { steps, seconds: extracting + steps * left * step, featureBytes: 4 * extracted * width };
}

/** Steps of a training. @param images in all splits */
export const forecastSteps = ({ training: { epochs, batchSize } }: Recipe, images: number): number =>
  Math.floor((epochs * Math.round(trainShare * images)) / batchSize);

const sideOfBatches = (recipe: Recipe) => (trainsHeadOnly(recipe) ? recipe.imageSize : trainingSide(recipe));

function requireWork({ training }: Recipe, { images, epochsDone = 0 }: TrainingWork): void {
  requireInteger('images', images, { min: 1 });
  requireInteger('epochsDone', epochsDone, { min: 0, max: training.epochs });
}

/** Settings that a step takes as long with as without: ways to train mostly differ in these. */
const timeless: { readonly [K in keyof Recipe['training']]?: null } = {
  ...{ epochs: null, fullSizeEpochs: null, earlyStopping: null, checkpointRule: null, checkpointSmoothing: null },
  ...{ learningRate: null, learningRateFactors: null, layerDecay: null },
  ...{ schedule: null, stepEpochs: null, stepFactor: null, warmUp: null },
  ...{ weightDecay: null, weightDecayOn: null, labelSmoothing: null },
  ...{ classWeights: null, deferredWeights: null, logitAdjustment: null, sampling: null, trainOn: null },
  ...{ distillation: null, distillationTemperature: null, metadataDropout: null, recomputedBatchNorm: null },
};
