import {
  requireInteger,
  requireLabels,
  requireLength,
  requireNumbers,
  requirePlaces,
  unexpected,
} from '../../checks.js';
import { Random } from '../../random.js';
import { channelPlaces } from '../preparation/networkInput.js';
import type { Batch, Normalisation, PreparedImages, Preprocessing } from '../preparation/preprocessing.js';
import type { SampledSplit } from '../sampling/sampler.js';
import { type SamplerName, samplers } from '../sampling/samplers.js';
import { augmentImage, drawAugmentation } from './augmentation.js';
import type { AugmentationSettings } from './augmentationSettings.js';

/** Which images make a batch: positions in the split's list of records. */
export interface BatchRows {
  /** Step of the whole training (or of the evaluation), from 0. */
  readonly step: number;
  /** [N], positions in the split's list. */
  readonly rows: Int32Array;
  /** [N], epoch of each image, from 0; a batch may reach from one epoch into the next. */
  readonly epochs: Int32Array;
  /** How many rows at the end only fill the batch up (evaluation): the last image again, to be discarded. */
  readonly padding: number;
}

/** Which images are in which batch of a training. */
export interface BatchPlan {
  /** Images an epoch. */
  readonly count: number;
  readonly batchSize: number;
  /** Batches in an epoch; a fraction, since the remainder of an epoch goes into the next. */
  readonly stepsPerEpoch: number;
  /** Steps after which epoch `epoch` (from 0) is over, to the last whole step: `floor((epoch + 1) * count / batchSize)`. */
  epochEnd(epoch: number): number;
  /** A function of seed and step alone: resuming needs no state. */
  batchRows(step: number): BatchRows;
}

/** Another way to draw images than every one once. */
export interface Sampling extends SampledSplit {
  readonly sampler: SamplerName;
}

/**
 * Plans training batches: the images of an epoch in a fresh order, one epoch after the other, cut into full batches. No batch
 * is short and none is padded.
 * @param options.count images of the split @param options.sampling left out where each of them is seen exactly once an epoch
 * @throws LesionlabError kind `usage` unless there are images, and batches of at least one
 */
export function planBatches(options: {
  readonly count: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly sampling?: Sampling;
}): BatchPlan {
  const { batchSize, seed, sampling } = options;
  requireInteger('count', options.count, { min: 1 });
  if (sampling) requireLength('sampling.labels', sampling.labels, options.count, 'one for each image');
  if (sampling?.lesions) requireLength('sampling.lesions', sampling.lesions, options.count, 'one for each image');
  const sampler = samplers[sampling?.sampler ?? 'all'];
  const split = sampling ?? { labels: new Uint8Array(options.count) };
  const count = sampler.epochSize(split);
  requireInteger('batchSize', batchSize, { min: 1 });
  requireInteger('seed', seed);
  // Steps come mostly in order: two epochs are enough, and a batch beyond more than two just draws again.
  const orders = new Map<number, Int32Array>();
  const orderOf = (epoch: number): Int32Array => {
    let order = orders.get(epoch);
    if (!order) {
      order = sampler.drawEpoch(split, seed, epoch);
      if (orders.size >= 2) orders.delete(Math.min(...orders.keys()));
      orders.set(epoch, order);
    }
    return order;
  };
  return {
    count,
    batchSize,
    stepsPerEpoch: count / batchSize,
    epochEnd: (epoch) => Math.floor(((epoch + 1) * count) / batchSize),
    batchRows(step) {
      requireInteger('step', step, { min: 0 });
      const rows = new Int32Array(batchSize);
      const epochs = new Int32Array(batchSize);
      for (let i = 0; i < batchSize; i++) {
        const position = step * batchSize + i;
        const epoch = Math.floor(position / count);
        rows[i] = orderOf(epoch)[position - epoch * count];
        epochs[i] = epoch;
      }
      return { step, rows, epochs, padding: 0 };
    },
  };
}

/**
 * Plans evaluation batches: all images once, in order; the last batch is filled up with its last image.
 * @param options.epoch whose augmentation is drawn, where there is one. Default 0
 * @throws as `planBatches`, but for no images, which are no batches
 */
export function planEvaluationBatches(options: {
  readonly count: number;
  readonly batchSize: number;
  readonly epoch?: number;
}): {
  readonly steps: number;
  batchRows(step: number): BatchRows;
} {
  const { count, batchSize, epoch = 0 } = options;
  requireInteger('count', count, { min: 0 });
  requireInteger('batchSize', batchSize, { min: 1 });
  requireInteger('epoch', epoch, { min: 0 });
  return {
    steps: Math.ceil(count / batchSize),
    batchRows(step) {
      const rows = Int32Array.from({ length: batchSize }, (_, i) => Math.min(step * batchSize + i, count - 1));
      const padding = Math.max(0, (step + 1) * batchSize - count);
      return { step, rows, epochs: new Int32Array(batchSize).fill(epoch), padding };
    },
  };
}

/** What batches are made of; the same for a whole training. */
export interface BatchSource {
  readonly images: Pick<PreparedImages, 'imageSize' | 'read'>;
  /** Index in `images` of each record of the split. */
  readonly indices: ArrayLike<number>;
  /** Class index of each record of the split. */
  readonly labels: ArrayLike<number>;
  readonly preprocessing: Preprocessing;
  /** Side of the images of a batch, pixels, where it is another than that of preprocessing: in training alone. */
  readonly side?: number;
  /** Null or undefined for evaluation: images as they are. */
  readonly augmentation?: AugmentationSettings | null;
  /** Of augmentation; each image has a stream of its own in each epoch. */
  readonly seed: number;
}

/**
 * Reads, varies and normalises the images of a batch. Rows that only fill it up are marked by -1 in `indices`.
 * @param target memory for the images, of length batchSize * 3 * side^2; new where not given
 * @throws LesionlabError kind `usage` where sizes or lengths don't fit, or a row is none of the split's
 */
export function makeBatch(
  source: BatchSource,
  { step, rows, epochs, padding }: BatchRows,
  target?: Float32Array<ArrayBuffer>,
): Batch {
  const { images, indices, labels, preprocessing, augmentation, seed } = source;
  const size = preprocessing.imageSize;
  if (images.imageSize !== size)
    throw unexpected('images', `pictures of ${size} pixels, as preprocessing says`, images.imageSize);
  requireLength('labels', labels, indices.length, `one for each of ${indices.length} images`);
  requirePlaces('rows', rows, indices.length);
  requireInteger('padding', padding, { min: 0, max: rows.length });
  const { side = size } = source;
  requireInteger('side', side, { min: 1 });
  const length = side * side * 3;
  const values = target ?? new Float32Array(rows.length * length);
  requireLength('target', values, rows.length * length, `${rows.length} images of [3, ${side}, ${side}]`);
  const pixels = new Uint8Array(size * size * 3);
  const normalise = augmentation || side !== size ? undefined : normaliser(preprocessing);
  for (let i = 0; i < rows.length; i++) {
    const index = indices[rows[i]];
    images.read(index, pixels);
    if (normalise) normalise(pixels, values, i * length);
    else {
      const random = new Random(seed, 'augmentation', epochs[i], index);
      const parameters = augmentation ? drawAugmentation(augmentation, size, random, side) : [];
      augmentImage(pixels, parameters, augmentation?.fill ?? 'zero', preprocessing, values, i * length, side);
    }
  }
  return {
    images: values,
    labels: labelsOf(rows, labels),
    indices: rows.map((row, i) => (i < rows.length - padding ? row : -1)),
    epoch: epochs[0],
    step,
  };
}

/** Only those of the batch are looked at: a split's are too many to be checked for each. */
function labelsOf(rows: Int32Array, labels: ArrayLike<number>): Int32Array {
  const found = Array.from(rows, (row) => labels[row]);
  requireLabels('labels', found);
  return Int32Array.from(found);
}

/**
 * Normalises one image: HWC bytes to CHW floats, (value / 255 - mean) / std, for evaluation and prediction.
 * @param pixels RGB @param target [3, size, size] from `offset` on; channels in the network's order
 * @throws LesionlabError kind `usage` where there are other numbers of pixels than the size says
 */
export function normaliseImage(
  pixels: Uint8Array,
  preprocessing: Normalisation,
  target: Float32Array,
  offset = 0,
): void {
  normaliser(preprocessing)(pixels, target, offset);
}

function normaliser({ imageSize, mean, std, channelOrder }: Normalisation) {
  requireInteger('imageSize', imageSize, { min: 1 });
  requireNumbers('mean', mean);
  requireNumbers('std', std, { above: 0 });
  const tables = mean.map((m, c) => Float32Array.from({ length: 256 }, (_, value) => (value / 255 - m) / std[c]));
  const plane = imageSize ** 2;
  const places = channelPlaces({ channelOrder });
  return (pixels: Uint8Array, target: Float32Array, offset: number): void => {
    requireLength('pixels', pixels, 3 * plane, `RGB of ${imageSize} x ${imageSize} pixels`);
    requireInteger('offset', offset, { min: 0, max: target.length - 3 * plane });
    for (let c = 0; c < 3; c++) {
      const table = tables[c];
      const start = offset + places[c] * plane;
      for (let i = 0, at = c; i < plane; i++, at += 3) target[start + i] = table[pixels[at]];
    }
  };
}
