import type { AugmentationSettings } from '../../data/augmentation/augmentationSettings.js';
import { type BatchPlan, planBatches, type Sampling } from '../../data/augmentation/batches.js';
import type { Batch, Preprocessing } from '../../data/preparation/preprocessing.js';
import { createWorkerPool, type WorkerPool } from '../machine/workerPool.js';
import { workerUrl } from '../machine/workerUrl.js';
import type { BatchRequest, BatchWorkerData, LaterBatches } from './batchWorker.js';

export interface BatchLoaderOptions {
  /** Cache file from `prepareImages`. */
  readonly preparedFile: string;
  /** Index in the cache file of each record of the split. */
  readonly indices: ArrayLike<number>;
  /** Class index of each record of the split. */
  readonly labels: ArrayLike<number>;
  /** Of `shuffled`: left out where an epoch shows every record once. */
  readonly sampling?: Sampling;
  readonly batchSize: number;
  readonly preprocessing: Preprocessing;
  /** Side of the images of a batch, pixels, where it is another than that of preprocessing. */
  readonly side?: number;
  /** What is otherwise from a step on. */
  readonly later?: LaterBatches;
  /** `shuffled` (default) goes on for ever, in a fresh order each epoch; `sequential` shows each record once, for evaluation. */
  readonly order?: 'shuffled' | 'sequential';
  /** Of order and augmentation. Default 0. */
  readonly seed?: number;
  /** Default null: images as they are. */
  readonly augmentation?: AugmentationSettings | null;
  /** Of `sequential`: the epoch whose augmentation is drawn. Default 0. */
  readonly epoch?: number;
  /** Step to begin with, from 0: where a resumed training stands. */
  readonly firstStep?: number;
  /** Threads that make batches. Default 1. */
  readonly workers?: number;
  /** Batches that are ready or being made before they are asked for. Default 2 for each worker. */
  readonly ahead?: number;
}

export interface BatchLoader {
  /** Batches there are in all: infinite for `shuffled`. */
  readonly steps: number;
  /** Of `shuffled`: which step ends which epoch. */
  readonly plan: BatchPlan | undefined;
  /** The next batch. @throws RangeError after the last; whatever broke a worker */
  next(): Promise<Batch>;
  /** Gives a batch's memory back for later ones. Optional; the batch must not be used any more. */
  recycle(batch: Batch): void;
  /** Ends the workers. Without it they keep the process alive. */
  close(): Promise<void>;
}

/** Threads that make batches of whatever a loader tells them. */
export type BatchThreads = WorkerPool<BatchRequest, Batch | undefined>;

/** Starts threads that a loader is to have: they load while nobody knows yet what batches are made of. */
export const startBatchThreads = (workers = 1): BatchThreads =>
  createWorkerPool(workerUrl('training/batchWorker'), workers);

/**
 * Makes batches ahead in worker threads, so that training doesn't wait for them. Batches are the same, byte by byte, whatever the
 * number of workers. Works in the main thread and in other workers.
 * @param pool threads that were started before; the loader ends them
 */
export function createBatchLoader(
  options: BatchLoaderOptions,
  pool: BatchThreads = startBatchThreads(options.workers),
): BatchLoader {
  const { order = 'shuffled', seed = 0, augmentation = null, firstStep = 0, batchSize } = options;
  const ahead = Math.max(1, options.ahead ?? pool.size * 2);
  const count = options.indices.length;
  const plan = order === 'shuffled' ? planBatches({ count, batchSize, seed, sampling: options.sampling }) : undefined;
  const begin: BatchWorkerData = {
    preparedFile: options.preparedFile,
    indices: Int32Array.from(options.indices),
    labels: Int32Array.from(options.labels),
    order,
    sampling: options.sampling,
    epoch: options.epoch ?? 0,
    batchSize,
    seed,
    augmentation,
    preprocessing: options.preprocessing,
    side: options.side,
    later: options.later,
  };
  // What is wrong with them is told by the first batch.
  for (let i = 0; i < pool.size; i++) pool.run({ begin }, [], i).catch(() => {});
  const steps = plan ? Number.POSITIVE_INFINITY : Math.ceil(count / batchSize);
  const ready: Promise<Batch>[] = [];
  const spare: Float32Array<ArrayBuffer>[] = [];
  let nextStep = firstStep;
  // One more with each that is taken: those of later steps would only keep the first waiting.
  let allowed = pool.size;
  let closed = false;

  const fillUp = () => {
    while (!closed && ready.length < Math.min(ahead, allowed) && nextStep < steps) {
      const step = nextStep++;
      const { later, side = options.preprocessing.imageSize } = options;
      const length = batchSize * 3 * (later && step >= later.step ? later.side : side) ** 2;
      const memory = spare.findLast((one) => one.length === length);
      if (memory) spare.splice(spare.indexOf(memory), 1);
      // Of images of another size, which come no more.
      else spare.length = 0;
      const batch = pool.run({ step, memory }, memory ? [memory.buffer] : [], step % pool.size) as Promise<Batch>;
      batch.catch(() => {}); // whoever calls next() gets it
      ready.push(batch);
    }
  };
  fillUp();
  return {
    steps,
    plan,
    next() {
      if (closed) return Promise.reject(new Error('The batch loader is closed.'));
      const batch = ready.shift();
      allowed += 1;
      fillUp();
      return batch ?? Promise.reject(new RangeError(`All ${steps} batches were taken.`));
    },
    recycle(batch) {
      if (spare.length < ahead + 1) spare.push(batch.images as Float32Array<ArrayBuffer>);
    },
    close() {
      closed = true;
      return pool.close();
    },
  };
}
