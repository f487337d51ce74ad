import { makeBatch, planEvaluationBatches } from '../../data/augmentation/batches.js';
import type { ImageRecord } from '../../data/dataset.js';
import type { Interruption } from '../../data/groups/identicalImages.js';
import type { PreparedImages } from '../../data/preparation/preprocessing.js';
import { interruptedError } from '../../errors.js';
import type { Progress } from '../../progress.js';
import type { RunConfig } from '../../training/recipe/config.js';
import type { Predictions } from '../predictions/predictions.js';
import { type BatchClassifier, classifyImages } from './classifyImages.js';

export interface PredictPreparedOptions {
  readonly config: RunConfig;
  /** To predict. */
  readonly records: readonly ImageRecord[];
  readonly prepared: PreparedImages;
  /** Index of an image in `prepared`. */
  readonly preparedIndex: (imageId: string) => number;
  readonly label: string;
  readonly progress: Progress;
  readonly signal: Interruption;
  /** Waits until the thread has heard messages and signals, which it does not while a graph runs. */
  readonly pause: () => Promise<void>;
}

/**
 * Predicts prepared images, augmented as the run's recipe says.
 * @throws LesionlabError kind `interrupted` once the signal is aborted
 */
export async function predictPrepared(
  classifier: BatchClassifier,
  { config, records, prepared, preparedIndex, label, progress, signal, pause }: PredictPreparedOptions,
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
    const probabilities = new Float32Array(records.length * classes.length);
    const plan = planEvaluationBatches({ count: records.length, batchSize: batchSize });
    const memory = new Float32Array(batchSize * 3 * preprocessing.imageSize ** 2);
    for (let step = 0; step < plan.steps; step++) {
      await pause();
      if (signal.aborted) throw interruptedError('Interrupted while images were predicted; nothing was written.');
      const batch = makeBatch(source, plan.batchRows(step), memory);
      const found = await classifyImages(
        classifier,
        batch.images,
        preprocessing,
        config.recipe.evaluation.testTimeAugmentation,
      );
      const first = step * batchSize;
      const here = Math.min(batchSize, records.length - first);
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
