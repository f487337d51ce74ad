import { requireInteger } from '../checks.js';
import { augmentImage, drawAugmentation } from '../data/augmentation/augmentation.js';
import { median } from '../data/median.js';
import { elementCount, type Shape } from '../graph/index.js';
import { describeNetwork, findModel, headOf, type NetworkSize, openFeatureExtractor } from '../models/index.js';
import type { Weights } from '../nn/index.js';
import { Random } from '../random.js';
import type { OpenOptions, Runtime } from '../runtime/index.js';
import { trainsHeadOnly } from './headTraining.js';
import type { Recipe } from './recipe/config.js';
import { trainingSide } from './recipe/trainingSplits.js';
import { recipeTrainerOptions } from './recipeTrainerOptions.js';
import { Trainer } from './trainer.js';

/** How many steps a training has, how long it takes, and what it keeps on disk. */
export interface TrainingEstimate {
  readonly steps: number;
  readonly seconds: number;
  /** Of features, where a head is trained on them; else 0. */
  readonly featureBytes: number;
}

// Node and browsers both have it; the core compiles without the types of either.
declare const performance: { now(): number };

/** Shares of the images that the splits hold. */
const trainShare = 0.64;
const validationShare = 0.16;

/** What was measured of networks, by what they computed. */
export type MeasuredNetworks = Map<string, Promise<NetworkTimes>>;

/** What a training consists of, in seconds. */
interface NetworkTimes {
  readonly step: number;
  /** Of the features that a head is trained on, and how many numbers they are. */
  readonly features?: { readonly secondsPerImage: number; readonly width: number };
}

/**
 * How long a training takes, from a few steps taken on random pixels.
 * @param work `images` in all splits; `epochsDone` of a run that is resumed
 * @param measured for other trainings, to which this one's network is added: what computes the same is measured once
 */
export async function estimateTraining(
  runtime: Runtime,
  recipe: Recipe,
  work: { readonly images: number; readonly classCount: number; readonly epochsDone?: number },
  open: OpenOptions,
  measured: MeasuredNetworks = new Map(),
): Promise<TrainingEstimate> {
  const { images: count, classCount, epochsDone = 0 } = work;
  const { batchSize, epochs } = recipe.training;
  requireInteger('images', count, { min: 1 });
  requireInteger('classCount', classCount, { min: 2 });
  requireInteger('epochsDone', epochsDone, { min: 0, max: epochs });
  const size = { model: findModel(recipe.model), classCount, imageSize: recipe.imageSize };
  const trainImages = Math.round(trainShare * count);
  const steps = Math.floor((epochs * trainImages) / batchSize);
  const left = 1 - epochsDone / epochs;
  // Images are augmented beside the network, on the same cores.
  const side = trainsHeadOnly(recipe) ? recipe.imageSize : trainingSide(recipe);
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
  const { step, features } = await times;
  if (!features) {
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

/** Settings that a step takes as long with as without: ways to train mostly differ in these. */
const timeless: { readonly [K in keyof Recipe['training']]?: null } = {
  ...{ epochs: null, fullSizeEpochs: null, earlyStopping: null, checkpointRule: null, checkpointSmoothing: null },
  ...{ learningRate: null, learningRateFactors: null, layerDecay: null },
  ...{ schedule: null, stepEpochs: null, stepFactor: null, warmUp: null },
  ...{ weightDecay: null, weightDecayOn: null, labelSmoothing: null },
  ...{ classWeights: null, deferredWeights: null, logitAdjustment: null, sampling: null, trainOn: null },
  ...{ distillation: null, distillationTemperature: null, metadataDropout: null, recomputedBatchNorm: null },
};

async function timeNetwork(
  runtime: Runtime,
  recipe: Recipe,
  size: NetworkSize,
  side: number,
  open: OpenOptions,
): Promise<NetworkTimes> {
  if (!trainsHeadOnly(recipe)) return { step: await timeStep(runtime, recipe, { ...size, imageSize: side }, open) };
  const features = await timeFeatures(runtime, size, open);
  const step = await timeStep(runtime, recipe, { ...size, inputShape: [features.width] }, open);
  return { step, features };
}

/** Any numbers do to tell time by, and to draw those of ResNet-18 takes half a second. */
const anyWeights = (size: NetworkSize): Weights =>
  new Map(
    describeNetwork(size).tensors.map(({ name, shape }) => [
      name,
      { data: new Float32Array(elementCount(shape)).fill(0.01), shape },
    ]),
  );

/** Steps that an estimate takes at most, and seconds after which it takes no third. */
const mostSteps = 4;
const enoughSeconds = 0.3;

/** Seconds of a training step: the fastest of a few, of which the first warms up. */
async function timeStep(
  runtime: Runtime,
  recipe: Recipe,
  size: NetworkSize & { readonly inputShape?: Shape },
  open: OpenOptions,
): Promise<number> {
  const { batchSize } = recipe.training;
  const { inputShape = [3, size.imageSize, size.imageSize] } = size;
  const options = recipeTrainerOptions(recipe);
  const trainer = await Trainer.open(
    runtime,
    {
      ...size,
      ...options,
      // A teacher's answers cost next to nothing beside the network's own.
      distillation: undefined,
      // A head that takes features instead of images has nothing that is frozen.
      ...(size.inputShape ? { model: headOf(size.model), trainable: undefined } : {}),
      classWeights: new Array(size.classCount).fill(1),
    },
    anyWeights(size),
    open,
  );
  try {
    const random = new Random(0, 'estimate');
    const length = elementCount(inputShape);
    const images = new Float32Array(batchSize * length);
    for (let i = 0; i < length; i++) images[i] = random.uniform(-2, 2);
    for (let filled = length; filled < images.length; filled += length) images.copyWithin(filled, 0, length);
    const labels = Int32Array.from({ length: batchSize }, (_, i) => i % size.classCount);
    let fastest = Number.POSITIVE_INFINITY;
    const first = performance.now();
    for (let i = 0; i < mostSteps; i++) {
      const began = performance.now();
      await trainer.step(images, labels, 1e-4);
      const ended = performance.now();
      if (i > 0) fastest = Math.min(fastest, (ended - began) / 1000);
      if (i > 0 && ended - first > 1000 * enoughSeconds) break;
    }
    return fastest;
  } finally {
    await trainer.close();
  }
}

/** Seconds to augment an image: the median of nine, after two to warm up. */
function timeAugmentation({ imageSize, augmentation }: Recipe, side: number): number {
  const pixels = new Uint8Array(imageSize ** 2 * 3).map((_, i) => (31 * i) % 256);
  const values = new Float32Array(3 * side * side);
  const preprocessing = { imageSize, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } as const;
  const random = new Random(0, 'estimate');
  const seconds = Array.from({ length: 11 }, () => {
    const began = performance.now();
    const parameters = drawAugmentation(augmentation, imageSize, random, side);
    augmentImage(pixels, parameters, augmentation.fill, preprocessing, values, 0, side);
    return (performance.now() - began) / 1000;
  });
  return median(seconds.slice(2));
}

/** Seconds an image whose features are computed, the faster of two batches after one to warm up; and how many numbers it has. */
async function timeFeatures(
  runtime: Runtime,
  { model, ...size }: NetworkSize,
  open: OpenOptions,
): Promise<NonNullable<NetworkTimes['features']>> {
  const batchSize = 32;
  const weights = anyWeights({ model, ...size });
  const options = { model, weights, imageSize: size.imageSize, batchSize };
  const extractor = await openFeatureExtractor(runtime, options, open);
  try {
    const images = new Float32Array(batchSize * 3 * size.imageSize ** 2).fill(0.5);
    let fastest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 3; i++) {
      const began = performance.now();
      await extractor.extract(images);
      if (i > 0) fastest = Math.min(fastest, (performance.now() - began) / 1000);
    }
    return { secondsPerImage: fastest / batchSize, width: extractor.width };
  } finally {
    await extractor.close();
  }
}
