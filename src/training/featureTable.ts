import { requireInteger, requireLabels, requireLength } from '../checks.js';
import type { BatchPlan } from '../data/augmentation/batches.js';
import { planBatches, type Sampling } from '../data/augmentation/batches.js';
import type { Batch } from '../data/preparation/preprocessing.js';
import type { FeatureExtractor } from '../models/index.js';
import { Random } from '../random.js';

/** What a frozen network makes of the images of a split, for several views (variants) of each. */
export interface FeatureTable {
  readonly views: number;
  /** Images. */
  readonly count: number;
  /** Numbers an image and view. */
  readonly width: number;
  /** [views, count, width] */
  readonly values: Float32Array;
}

/** Batches of one view of a split, each image once and in order; rows that only fill up have -1 in `indices`. */
export interface ViewBatches {
  next(): Promise<Batch>;
  recycle(batch: Batch): void;
  close(): Promise<void>;
}

export interface ComputeFeaturesOptions {
  readonly extractor: FeatureExtractor;
  readonly count: number;
  readonly views: number;
  /** Opens the batches of a view; by convention view 0 is the images as they are. */
  readonly openView: (view: number) => ViewBatches;
  /** @param done images computed so far, of `views * count` */
  readonly report?: (done: number) => void;
  /** Asked after every batch; true ends the computation. */
  readonly shouldStop?: () => boolean;
}

/**
 * Computes the features of a split once. @returns undefined where it was stopped
 * @throws LesionlabError kind `usage` where counts are none, or a batch has another size than the extractor
 */
export async function computeFeatures(options: ComputeFeaturesOptions): Promise<FeatureTable | undefined> {
  const { extractor, count, views, openView, report, shouldStop = () => false } = options;
  const { width, batchSize } = extractor;
  requireInteger('count', count, { min: 1 });
  requireInteger('views', views, { min: 1 });
  const values = new Float32Array(views * count * width);
  for (let view = 0; view < views; view++) {
    const batches = openView(view);
    try {
      for (let first = 0; first < count; first += batchSize) {
        const batch = await batches.next();
        const features = await extractor.extract(batch.images);
        batches.recycle(batch);
        const here = Math.min(batchSize, count - first);
        values.set(features.subarray(0, here * width), (view * count + first) * width);
        report?.(view * count + first + here);
        if (shouldStop()) return undefined;
      }
    } finally {
      await batches.close();
    }
  }
  return { views, count, width, values };
}

/** Mean and (population) variance of each feature over all images and views. */
export function featureStatistics({ values, width }: FeatureTable): { mean: Float32Array; variance: Float32Array } {
  requireInteger('width', width, { min: 1 });
  const rows = values.length / width;
  requireInteger('rows of features', rows, { min: 1 });
  const sums = new Float64Array(width);
  for (let i = 0; i < values.length; i++) sums[i % width] += values[i];
  const mean = sums.map((sum) => sum / rows);
  const squares = new Float64Array(width);
  for (let i = 0; i < values.length; i++) squares[i % width] += (values[i] - mean[i % width]) ** 2;
  return { mean: Float32Array.from(mean), variance: Float32Array.from(squares, (sum) => sum / rows) };
}

export interface FeatureBatchesOptions {
  readonly table: FeatureTable;
  /** [count], class index of each image. */
  readonly labels: ArrayLike<number>;
  readonly batchSize: number;
  readonly seed: number;
  /** Left out where each image is seen once an epoch. */
  readonly sampling?: Sampling;
  /** Step to begin with, from 0. */
  readonly firstStep?: number;
}

/**
 * Training batches from a table, as a function of seed and step alone: images in a fresh order each epoch, in the order in which
 * training on images would see them, and of each image a view drawn anew each epoch.
 * @throws LesionlabError kind `usage` where table and labels don't fit together, or the first step is no step
 */
export function featureBatches(options: FeatureBatchesOptions): {
  readonly plan: BatchPlan;
  next(): Promise<Batch>;
  recycle(batch: Batch): void;
} {
  const { table, labels, batchSize, seed, sampling, firstStep = 0 } = options;
  const { width, count, views } = table;
  requireTable(table);
  requireLength('labels', labels, count, `one for each of ${count} images`);
  requireLabels('labels', labels);
  requireInteger('firstStep', firstStep, { min: 0 });
  const plan = planBatches({ count, batchSize, seed, sampling });
  let nextStep = firstStep;
  // Reading is instant, so that there is one batch at a time and its memory is used again for the next.
  const images = new Float32Array(batchSize * width);
  return {
    plan,
    async next() {
      const { step, rows, epochs } = plan.batchRows(nextStep++);
      for (let i = 0; i < batchSize; i++) {
        const view = views === 1 ? 0 : new Random(seed, 'feature-view', epochs[i], rows[i]).integer(views);
        copyRow(table, view, rows[i], images, i);
      }
      return { images, labels: Int32Array.from(rows, (row) => labels[row]), indices: rows, epoch: epochs[0], step };
    },
    recycle() {},
  };
}

function requireTable({ views, count, width, values }: FeatureTable): void {
  requireInteger('views', views, { min: 1 });
  requireInteger('count', count, { min: 1 });
  requireInteger('width', width, { min: 1 });
  requireLength('values', values, views * count * width, `${views} views of ${count} images with ${width} features`);
}

/** Copies an image's features to row `row` of a batch. */
export function copyRow(
  { values, count, width }: FeatureTable,
  view: number,
  image: number,
  target: Float32Array,
  row: number,
): void {
  requireInteger('image', image, { min: 0, below: count });
  const start = (view * count + image) * width;
  target.set(values.subarray(start, start + width), row * width);
}
