import type { AugmentationSettings } from '../../data/augmentation/augmentationSettings.js';
import {
  type BatchRows,
  makeBatch,
  planBatches,
  planEvaluationBatches,
  type Sampling,
} from '../../data/augmentation/batches.js';
import type { Batch, Preprocessing } from '../../data/preparation/preprocessing.js';
import { openPreparedFile } from '../dataset/preparedFile.js';
import { serveRequests } from '../machine/workerPool.js';

/** What changes with a step of a training. */
export interface LaterBatches {
  /** The first of them. */
  readonly step: number;
  readonly side: number;
  readonly augmentation: AugmentationSettings;
}

/** All that a worker needs to make any batch. */
export interface BatchWorkerData {
  readonly preparedFile: string;
  readonly indices: Int32Array;
  readonly labels: Int32Array;
  readonly order: 'shuffled' | 'sequential';
  readonly sampling?: Sampling;
  /** Of `sequential`. */
  readonly epoch: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly augmentation: AugmentationSettings | null;
  readonly preprocessing: Preprocessing;
  readonly side?: number;
  readonly later?: LaterBatches;
}

export type BatchRequest =
  /** What batches are made of: comes first, and nothing is given back for it. */
  | { readonly begin: BatchWorkerData }
  | {
      readonly step: number;
      /** Memory of an earlier batch to use again. */
      readonly memory?: Float32Array<ArrayBuffer>;
    };

type MakeStep = (step: number, memory?: Float32Array<ArrayBuffer>) => Batch;

/** @throws LesionlabError where the images can't be opened */
function openBatches(data: BatchWorkerData): MakeStep {
  const images = openPreparedFile(data.preparedFile);
  const plan: { batchRows(step: number): BatchRows } =
    data.order === 'shuffled'
      ? planBatches({ ...data, count: data.indices.length })
      : planEvaluationBatches({ ...data, count: data.indices.length });
  return (step, memory) =>
    makeBatch(
      { ...data, ...(data.later && step >= data.later.step && data.later), images },
      plan.batchRows(step),
      memory,
    );
}

let data: BatchWorkerData | undefined;
let makeStep: MakeStep | undefined;

serveRequests<BatchRequest, Batch | undefined>(
  (request) => {
    if ('begin' in request) {
      data = request.begin;
      return undefined;
    }
    // Opened by the first that needs it, so that whoever asks for a batch hears of what is wrong.
    makeStep ??= openBatches(data!);
    return makeStep(request.step, request.memory);
  },
  (batch) => (batch ? [batch.images.buffer as ArrayBuffer] : []),
);
