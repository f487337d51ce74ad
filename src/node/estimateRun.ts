import type { Dataset } from '../data/dataset.js';
import { elementCount, type Shape } from '../graph/index.js';
import {
  describeNetwork,
  findModel,
  headOf,
  initialWeights,
  type NetworkSize,
  openFeatureExtractor,
} from '../models/index.js';
import { Random } from '../random.js';
import { nodeRuntime } from '../runtime/node.js';
import type { Recipe } from '../training/config.js';
import { trainsHeadOnly } from '../training/headTraining.js';
import { recipeTrainerOptions } from '../training/recipeTrainerOptions.js';
import { Trainer } from '../training/trainer.js';
import { formatBytes, formatCount, formatDuration } from './formatQuantity.js';
import type { StepContext } from './stepContext.js';

export interface RunEstimate {
  readonly trainingSeconds: number;
  /** Prepared images and features (in the cache folder) and checkpoints (in the run folder). */
  readonly cacheBytes: number;
  readonly runBytes: number;
}

/** Shares of the images that the splits hold. */
const trainShare = 0.64;
const validationShare = 0.16;

/**
 * Says what a run will do, and how long it will take and how much disk it needs, from a few steps taken on random pixels.
 * @param epochsDone of a run that is resumed
 */
export async function estimateRun(
  ctx: StepContext,
  recipe: Recipe,
  dataset: Dataset,
  epochsDone = 0,
): Promise<RunEstimate> {
  const { imageSize } = recipe;
  const { batchSize, epochs } = recipe.training;
  const count = dataset.records.length;
  const size = { model: findModel(recipe.model), classCount: dataset.info.classes.length, imageSize };
  const trainImages = Math.round(trainShare * count);
  const steps = Math.floor((epochs * trainImages) / batchSize);
  const left = 1 - epochsDone / epochs;
  let trainingSeconds: number;
  let featureBytes = 0;
  if (trainsHeadOnly(recipe)) {
    const { secondsPerImage, width } = await timeFeatures(ctx, size);
    const extracted = trainImages * (recipe.featureViews ?? 1) + Math.round(validationShare * count);
    featureBytes = 4 * extracted * width;
    // A training that goes on has computed its features already.
    const features = epochsDone > 0 ? 0 : extracted * secondsPerImage;
    trainingSeconds = features + steps * left * (await timeStep(ctx, recipe, { ...size, inputShape: [width] }));
  } else {
    // Validation predicts a quarter as many images as are trained on, at about a third of a step's time each.
    trainingSeconds = steps * left * (await timeStep(ctx, recipe, size)) * (1 + 0.25 / 3);
  }
  const parameterBytes = 4 * describeNetwork(size).parameterCount;
  const arrays = recipe.training.optimizer === 'sgd' ? 2 : 3;
  const averages = recipe.training.weightAveraging > 0 ? 1 : 0;
  const estimate = {
    trainingSeconds,
    cacheBytes: count * imageSize ** 2 * 3 + featureBytes,
    // Two checkpoints, the exported model and the state for resuming; a few megabytes of pages and pictures.
    runBytes: parameterBytes * (3 + arrays + averages) + 2e7,
  };
  ctx.progress.note(
    `${formatCount(count)} images of ${dataset.info.name}: ${size.model.title} at ${imageSize} pixels, ${epochs} epochs, ` +
      `${formatCount(steps)} steps of ${batchSize} images. ` +
      `${epochsDone > 0 ? `The ${epochs - epochsDone} epochs that are left` : 'Training'} will take about ${formatDuration(trainingSeconds)}; ` +
      `disk: ${formatBytes(estimate.cacheBytes)} for prepared images${featureBytes > 0 ? ' and features' : ''}, ${formatBytes(estimate.runBytes)} for the run.`,
  );
  return estimate;
}

/** Seconds of a training step: the faster of three, after one to warm up. */
async function timeStep(
  { threads, device }: StepContext,
  recipe: Recipe,
  size: NetworkSize & { readonly inputShape?: Shape },
): Promise<number> {
  const { batchSize } = recipe.training;
  const { inputShape = [3, size.imageSize, size.imageSize] } = size;
  const options = recipeTrainerOptions(recipe);
  const trainer = await Trainer.open(
    nodeRuntime,
    {
      ...size,
      ...options,
      // A head that takes features instead of images has nothing that is frozen.
      ...(size.inputShape ? { model: headOf(size.model), trainable: undefined } : {}),
      classWeights: new Array(size.classCount).fill(1),
    },
    initialWeights(size, 0),
    { threads, device, spin: false },
  );
  try {
    const random = new Random(0, 'estimate');
    const images = Float32Array.from({ length: batchSize * elementCount(inputShape) }, () => random.uniform(-2, 2));
    const labels = Int32Array.from({ length: batchSize }, (_, i) => i % size.classCount);
    let fastest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 4; i++) {
      const began = performance.now();
      await trainer.step(images, labels, 1e-4);
      if (i > 0) fastest = Math.min(fastest, (performance.now() - began) / 1000);
    }
    return fastest;
  } finally {
    await trainer.close();
  }
}

/** Seconds an image whose features are computed, the faster of two batches after one to warm up; and how many numbers it has. */
async function timeFeatures(
  { threads, device }: StepContext,
  { model, ...size }: NetworkSize,
): Promise<{ secondsPerImage: number; width: number }> {
  const batchSize = 32;
  const weights = initialWeights({ model, ...size }, 0);
  const options = { model, weights, imageSize: size.imageSize, batchSize };
  const extractor = await openFeatureExtractor(nodeRuntime, options, { threads, device, spin: false });
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
