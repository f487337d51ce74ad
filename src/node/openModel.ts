import { stat } from 'node:fs/promises';
import type { ClassInfo } from '../data/dataset.js';
import type { Preprocessing } from '../data/preprocessing.js';
import { usageError } from '../errors.js';
import type { Calibration, TestTimeAugmentation } from '../evaluation/index.js';
import { type Classifier, classifierFromSession, openClassifier } from '../models/index.js';
import { nodeRuntime } from '../runtime/node.js';
import { type CheckpointName, loadCheckpoint } from './checkpointFile.js';
import { readModelFile } from './modelFile.js';
import { predictionBatchSize } from './predictRecords.js';
import { readCalibration } from './runCalibration.js';
import { openRunFolder } from './runFolder.js';
import { readOutOfDistribution } from './runOutOfDistribution.js';
import type { StepContext } from './stepContext.js';

/** A trained model with all that prediction needs to know, opened. */
export interface OpenModel {
  readonly id: string;
  readonly classes: readonly ClassInfo[];
  readonly preprocessing: Preprocessing;
  readonly testTimeAugmentation: TestTimeAugmentation;
  readonly synthetic: boolean;
  readonly certainty: Calibration | null;
  /** Of out-of-distribution scores; null where the classifier gives none. */
  readonly threshold: number | null;
  readonly classifier: Classifier;
}

/**
 * Opens a checkpoint of a run, or an exported model, to predict any images.
 * @throws LesionlabError kind `usage` for a checkpoint of an exported model, or one that does not run on the device; kind `run` where the model
 *   can't be used
 */
export async function openModel(
  { device, threads }: StepContext,
  source: string,
  checkpointName: CheckpointName | undefined,
): Promise<OpenModel> {
  const open = { device, threads };
  const isFile = await stat(source).then(
    (found) => found.isFile(),
    () => /\.onnx$/i.test(source),
  );
  if (isFile) {
    if (checkpointName !== undefined)
      throw usageError('checkpoint-of-file', `${source} is an exported model: it has no checkpoints to choose from.`, {
        hint: 'Leave --checkpoint out, or name the run folder.',
      });
    const file = await readModelFile(source);
    if (file.quantisation !== undefined && device === 'webgpu')
      throw usageError('int8-device', `${source} computes in 8-bit integers, which runs on the CPU only.`, {
        hint: 'Leave --device webgpu out, or give the model.onnx that `lesionlab export <run>` writes.',
      });
    const { classes, preprocessing, testTimeAugmentation, synthetic, certainty = null } = file;
    const threshold = file.outOfDistribution?.threshold ?? null;
    const size = { classCount: classes.length, imageSize: preprocessing.imageSize, batchSize: predictionBatchSize };
    const classifier = classifierFromSession(await nodeRuntime.open(file.bytes, open), size);
    return {
      id: file.model,
      classes,
      preprocessing,
      testTimeAugmentation,
      synthetic,
      certainty,
      threshold,
      classifier,
    };
  }
  const folder = await openRunFolder(source);
  const checkpoint = await loadCheckpoint(folder, checkpointName ?? 'best');
  const { model, weights, config } = checkpoint;
  const { preprocessing, recipe, data } = config;
  const outOfDistribution = await readOutOfDistribution(folder, checkpoint);
  const size = { classCount: data.classes.length, imageSize: preprocessing.imageSize, batchSize: predictionBatchSize };
  return {
    id: model.id,
    classes: data.classes,
    preprocessing,
    testTimeAugmentation: recipe.evaluation.testTimeAugmentation,
    synthetic: data.synthetic,
    certainty: await readCalibration(folder, checkpoint),
    threshold: outOfDistribution?.threshold ?? null,
    classifier: await openClassifier(nodeRuntime, { ...size, model, weights, outOfDistribution }, open),
  };
}
