import type { ImageRecord } from '../data/dataset.js';
import { type Predictions, predictPrepared } from '../evaluation/index.js';
import { type Classifier, openClassifier } from '../models/index.js';
import { nodeRuntime } from '../runtime/node.js';
import type { RunConfig } from '../training/config.js';
import type { Checkpoint } from './checkpointFile.js';
import type { RunData } from './runData.js';
import type { StepContext } from './stepContext.js';

/** Images that go through the network at a time; a constant, so that the same image always gets the same digits. */
export const predictionBatchSize = 32;

/**
 * Predicts records of a run with a checkpoint, augmented as the run's recipe says.
 * @throws LesionlabError kind `interrupted` once the signal is aborted
 */
export async function predictRecords(
  context: Pick<StepContext, 'progress' | 'signal' | 'threads' | 'device'>,
  { model, weights, config }: Checkpoint,
  data: Pick<RunData, 'prepared' | 'preparedIndex'>,
  records: readonly ImageRecord[],
  label = 'Predicting',
): Promise<Predictions> {
  const { device, threads } = context;
  const { imageSize } = config.preprocessing;
  const size = { model, weights, classCount: config.data.classes.length, imageSize, batchSize: predictionBatchSize };
  const classifier = await openClassifier(nodeRuntime, size, { device, threads });
  try {
    return await predictWith(classifier, context, config, data, records, label);
  } finally {
    await classifier.close();
  }
}

/**
 * The same with a classifier that is open already, and stays so. @param classifier of `predictionBatchSize` images
 * @throws LesionlabError kind `interrupted` once the signal is aborted
 */
export async function predictWith(
  classifier: Classifier,
  { progress, signal }: Pick<StepContext, 'progress' | 'signal'>,
  config: RunConfig,
  data: Pick<RunData, 'prepared' | 'preparedIndex'>,
  records: readonly ImageRecord[],
  label: string,
): Promise<Predictions> {
  const { prepared, preparedIndex } = data;
  return predictPrepared(classifier, { config, records, prepared, preparedIndex, label, progress, signal, pause });
}

/** onnxruntime-node occupies the thread while it runs: only between batches can signals and timers be heard. */
export const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
