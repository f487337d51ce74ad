import { makeBatch, planEvaluationBatches } from '../../data/augmentation/batches.js';
import type { ImageRecord } from '../../data/dataset.js';
import type { Interruption } from '../../data/groups/identicalImages.js';
import {
  encodeMetadata,
  type MetadataEncoding,
  type MetadataValues,
  metadataValues,
  metadataWidth,
} from '../../data/preparation/metadataInput.js';
import type { PreparedImages } from '../../data/preparation/preprocessing.js';
import { takeRows } from '../../data/preparation/takeRows.js';
import { interruptedError } from '../../errors.js';
import type { Progress } from '../../progress.js';
import type { RunConfig } from '../../training/recipe/config.js';
import type { Predictions } from '../predictions/predictions.js';
import { type BatchClassifier, classifyImages, type LookAnswers } from './classifyImages.js';

export interface PredictPreparedOptions {
  readonly config: RunConfig;
  /** To predict. */
  readonly records: readonly ImageRecord[];
  readonly prepared: PreparedImages;
  /** Index of an image in `prepared`. */
  readonly preparedIndex: (imageId: string) => number;
  /** What the network is told of a record beside its pixels, where it is told anything. Default: what the table says; null for nothing. */
  readonly told?: ((record: ImageRecord) => MetadataValues) | null;
  /** Hears what the classifier says of each look at a batch, so that nobody has to look again. */
  readonly onLook?: (answers: LookAnswers, at: LookPlace) => void | Promise<void>;
  readonly label: string;
  readonly progress: Progress;
  readonly signal: Interruption;
  /** Waits until the thread has heard messages and signals, which it does not while a graph runs. */
  readonly pause: () => Promise<void>;
}

/** Which look at which records. */
export interface LookPlace {
  /** Which of so many looks; the first, 0, is at the images as they are. */
  readonly look: number;
  readonly looks: number;
  /** The first of the batch's records, and how many of its rows are records; those beyond mean nothing. */
  readonly first: number;
  readonly count: number;
  /** Which record each row is of. */
  readonly rows: Int32Array;
}

/**
 * Predicts prepared images, augmented as the run's recipe says.
 * @throws LesionlabError kind `interrupted` once the signal is aborted
 */
export async function predictPrepared(
  classifier: BatchClassifier,
  { config, records, prepared, preparedIndex, label, told, onLook, progress, signal, pause }: PredictPreparedOptions,
): Promise<Predictions> {
  const { batchSize } = classifier;
  const { preprocessing } = config;
  const { classes } = config.data;
  const task = progress.start(label, records.length);
  try {
    const labels = Int32Array.from(records, (record) => record.label);
    const source = {
      images: prepared,
      indices: records.map(({ imageId }) => preparedIndex(imageId)),
      labels,
      preprocessing,
      seed: 0,
    };
    const table = tellRecords(config.metadata, records, told);
    const probabilities = new Float32Array(records.length * classes.length);
    const plan = planEvaluationBatches({ count: records.length, batchSize: batchSize });
    const memory = new Float32Array(batchSize * 3 * preprocessing.imageSize ** 2);
    for (let step = 0; step < plan.steps; step++) {
      await pause();
      if (signal.aborted) throw interruptedError('Interrupted while images were predicted; nothing was written.');
      const batchRows = plan.batchRows(step);
      const batch = makeBatch(source, batchRows, memory);
      const rows = table && takeRows(table, table.length / records.length, batchRows.rows);
      const first = step * batchSize;
      const here = Math.min(batchSize, records.length - first);
      const found = await classifyImages(
        rows ? { ...classifier, classify: (views) => classifier.classify(views, rows) } : classifier,
        batch.images,
        preprocessing,
        config.recipe.evaluation.testTimeAugmentation,
        onLook &&
          ((answers, look, looks) => onLook(answers, { look, looks, first, count: here, rows: batchRows.rows })),
      );
      probabilities.set(found.subarray(0, here * classes.length), first * classes.length);
      task.update(first + here);
    }
    return {
      classes,
      imageIds: records.map(({ imageId }) => imageId),
      lesionIds: records.map(({ lesionId }) => lesionId),
      ...(records.some(({ patientId }) => patientId !== undefined) && {
        clusterIds: records.map(({ patientId, lesionId }) => patientId ?? lesionId),
      }),
      labels,
      probabilities,
    };
  } finally {
    task.end();
  }
}

/** What a network is told of records, [count, width]; undefined where it is told nothing. */
export function tellRecords(
  encoding: MetadataEncoding | undefined,
  records: readonly ImageRecord[],
  told: PredictPreparedOptions['told'],
): Float32Array | undefined {
  if (!encoding || told === null) return undefined;
  const say = told ?? ((record: ImageRecord) => metadataValues(record, encoding));
  const width = metadataWidth(encoding);
  const table = new Float32Array(records.length * width);
  for (const [i, record] of records.entries()) table.set(encodeMetadata(encoding, say(record)), i * width);
  return table;
}
