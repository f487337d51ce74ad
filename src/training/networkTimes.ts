import { augmentImage, drawAugmentation } from '../data/augmentation/augmentation.js';
import { median } from '../data/median.js';
import { elementCount, type Shape } from '../graph/index.js';
import { describeNetwork, headOf, type NetworkSize, openFeatureExtractor } from '../models/index.js';
import type { Weights } from '../nn/index.js';
import { Random } from '../random.js';
import type { OpenOptions, Runtime } from '../runtime/index.js';
import { trainsHeadOnly } from './headTraining.js';
import type { Recipe } from './recipe/config.js';
import { recipeTrainerOptions } from './recipeTrainerOptions.js';
import { Trainer } from './trainer.js';

// Node and browsers both have it; the core compiles without the types of either.
declare const performance: { now(): number };

/** How long a network's share of a training takes, in seconds. */
export interface NetworkTimes {
  readonly step: number;
  /** Of the features that a head is trained on, and how many numbers they are. */
  readonly features?: { readonly secondsPerImage: number; readonly width: number };
}

/** Times a network of a recipe at any weights. @param side of the images that it is trained on */
export async function timeNetwork(
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

/** Seconds of a training step. */
async function timeStep(
  runtime: Runtime,
  recipe: Recipe,
  size: NetworkSize & { readonly inputShape?: Shape },
  open: OpenOptions,
): Promise<number> {
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
    return await timeSteps(trainer, inputShape, (images, labels) => trainer.step(images, labels, 1e-4));
  } finally {
    await trainer.close();
  }
}

/** Times steps of a trainer that has taken none yet, and leaves it as it was. @throws Error where the trainer can't rehearse */
export const rehearseSteps = (trainer: Trainer): Promise<number> => {
  const { imageSize } = trainer.options;
  return timeSteps(trainer, [3, imageSize, imageSize], (images, labels) => trainer.rehearse(images, labels));
};

/** Seconds of the fastest step of a few on random pixels, of which the first warms up. */
async function timeSteps(
  { options: { batchSize, classCount } }: Trainer,
  inputShape: Shape,
  take: (images: Float32Array, labels: Int32Array) => Promise<unknown>,
): Promise<number> {
  const random = new Random(0, 'estimate');
  const length = elementCount(inputShape);
  const images = new Float32Array(batchSize * length);
  for (let i = 0; i < length; i++) images[i] = random.uniform(-2, 2);
  for (let filled = length; filled < images.length; filled += length) images.copyWithin(filled, 0, length);
  const labels = Int32Array.from({ length: batchSize }, (_, i) => i % classCount);
  let fastest = Number.POSITIVE_INFINITY;
  const first = performance.now();
  for (let i = 0; i < mostSteps; i++) {
    const began = performance.now();
    await take(images, labels);
    const ended = performance.now();
    if (i > 0) fastest = Math.min(fastest, (ended - began) / 1000);
    if (i > 0 && ended - first > 1000 * enoughSeconds) break;
  }
  return fastest;
}

/** Seconds to augment an image: the median of nine, after two to warm up. */
export function timeAugmentation({ imageSize, augmentation }: Recipe, side: number): number {
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
