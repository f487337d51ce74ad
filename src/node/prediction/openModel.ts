import { stat } from 'node:fs/promises';
import type { ClassInfo } from '../../data/dataset.js';
import { networkInput } from '../../data/preparation/networkInput.js';
import type { Preprocessing } from '../../data/preparation/preprocessing.js';
import { usageError } from '../../errors.js';
import type { Calibration, TestTimeAugmentation } from '../../evaluation/index.js';
import { classifierFromSession } from '../../models/evaluationGraph.js';
import { type Classifier, openClassifier } from '../../models/index.js';
import { nodeRuntime } from '../../runtime/node.js';
import type { StepContext } from '../machine/stepContext.js';
import type { Checkpoint, CheckpointName } from '../run/checkpointFile.js';
import { openRunFolder, type RunFolder } from '../run/runFolder.js';
import { loadRunModel, type RunModel } from '../run/runModel.js';
import { readModelFile } from './modelFile.js';
import { predictionBatchSize } from './predictRecords.js';
import { readCalibration } from './runCalibration.js';
import { type RunOutOfDistribution, readOutOfDistribution } from './runOutOfDistribution.js';

/** A trained model with all that prediction needs to know, opened. */
export interface OpenModel {
  readonly id: string;
  readonly classes: readonly ClassInfo[];
  readonly synthetic: boolean;
  readonly certainty: Calibration | null;
  /** Of out-of-distribution scores; null where the model gives none. */
  readonly threshold: number | null;
  /** At least one; the answer is the weighted mean of theirs. */
  readonly networks: readonly OpenNetwork[];
  /** Null of an exported model. */
  readonly folder: RunFolder | null;
  /** The run's own, with its weights; null of an exported model. */
  readonly runModel: RunModel | null;
  close(): Promise<void>;
}

export interface OpenNetwork {
  readonly preprocessing: Preprocessing;
  readonly testTimeAugmentation: TestTimeAugmentation;
  /** Of `predictionBatchSize` images; of a model's networks, one at most gives out-of-distribution scores. */
  readonly classifier: Classifier;
  /** Weights of a model's networks sum to 1. */
  readonly weight: number;
}

/**
 * Opens a run's model, or an exported one, to predict any images.
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
    const classifier = classifierFromSession(await nodeRuntime.open(file.bytes, { ...open, file: source }), {
      ...size,
      source,
      arrange: (images) => networkInput(images, preprocessing, predictionBatchSize),
    });
    const networks = [{ preprocessing, testTimeAugmentation, classifier, weight: 1 }];
    const close = () => classifier.close();
    return { id: file.model, classes, synthetic, certainty, threshold, networks, folder: null, runModel: null, close };
  }
  const folder = await openRunFolder(source);
  const model = await loadRunModel(folder, checkpointName);
  const { data, model: described } = model.config;
  const { classes, synthetic } = data;
  const outOfDistribution = await readOutOfDistribution(folder, model.lead);
  const certainty = await readCalibration(folder, model);
  const networks: OpenNetwork[] = [];
  const close = async () => {
    for (const { classifier } of networks) await classifier.close();
  };
  try {
    for (const { checkpoint, weight } of model.members) {
      const statistics = checkpoint === model.lead ? outOfDistribution : null;
      networks.push({ ...(await openNetwork(checkpoint, statistics, open)), weight });
    }
  } catch (error) {
    await close();
    throw error;
  }
  const threshold = outOfDistribution?.threshold ?? null;
  return { id: described.id, classes, synthetic, certainty, threshold, networks, folder, runModel: model, close };
}

async function openNetwork(
  { model, weights, config, path }: Checkpoint,
  outOfDistribution: RunOutOfDistribution | null,
  open: Pick<StepContext, 'device' | 'threads'>,
): Promise<Omit<OpenNetwork, 'weight'>> {
  const { preprocessing, recipe, data } = config;
  const size = { classCount: data.classes.length, imageSize: preprocessing.imageSize, batchSize: predictionBatchSize };
  return {
    preprocessing,
    testTimeAugmentation: recipe.evaluation.testTimeAugmentation,
    classifier: await openClassifier(nodeRuntime, { ...size, model, weights, outOfDistribution, source: path }, open),
  };
}
