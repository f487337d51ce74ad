import { stat } from 'node:fs/promises';
import type { TestTimeAugmentation } from '../../data/augmentation/views.js';
import type { ClassInfo } from '../../data/dataset.js';
import type { MetadataEncoding } from '../../data/preparation/metadataInput.js';
import { networkInput } from '../../data/preparation/networkInput.js';
import type { Preprocessing } from '../../data/preparation/preprocessing.js';
import { usageError } from '../../errors.js';
import type { Calibration } from '../../evaluation/certainty/evaluateCalibration.js';
import { classifierFromSession } from '../../models/evaluationGraph.js';
import type { ForeignChoices } from '../../models/foreign/readForeign.js';
import { type Classifier, openClassifier } from '../../models/index.js';
import { nodeRuntime } from '../../runtime/node.js';
import type { StepContext } from '../machine/stepContext.js';
import type { Checkpoint, CheckpointName } from '../run/checkpointFile.js';
import { openRunFolder, type RunFolder } from '../run/runFolder.js';
import { loadRunModel, type RunModel } from '../run/runModel.js';
import { type ExplainedNetwork, networksOf } from './explainedNetwork.js';
import { isExported, readModelFile } from './modelFile.js';
import { predictionBatchSize } from './predictionBatches.js';
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
  /** The run's own, with its weights; null of a file. */
  readonly runModel: RunModel | null;
  /**
   * Its networks in a form that can be differentiated.
   * @throws LesionlabError kind `run` where a file has operators that can't be
   */
  explainable(): Promise<readonly ExplainedNetwork[]>;
  close(): Promise<void>;
}

export interface OpenNetwork {
  readonly preprocessing: Preprocessing;
  readonly testTimeAugmentation: TestTimeAugmentation;
  /** Of as many images as the model was opened for; of a model's networks, one at most gives out-of-distribution scores. */
  readonly classifier: Classifier;
  /** Weights of a model's networks sum to 1. */
  readonly weight: number;
  /** What it is told of an image beside its pixels, where it is told anything. */
  readonly metadata?: MetadataEncoding;
}

/**
 * Opens a run's model, an exported one, or somebody else's, to predict any images.
 * @param choices what is said of somebody else's file
 * @param images how many there are to predict; networks take no more at a time, since those that are missing would be computed, too
 * @throws LesionlabError kind `usage` for a checkpoint of an exported model, or one that does not run on the device; kind `run` where the model
 *   can't be used
 */
export async function openModel(
  { device, threads }: StepContext,
  source: string,
  checkpointName: CheckpointName | undefined,
  choices: ForeignChoices = {},
  images = predictionBatchSize,
): Promise<OpenModel> {
  const open = { device, threads };
  const batchSize = Math.min(predictionBatchSize, Math.max(1, images));
  const isFile = await stat(source).then(
    (found) => found.isFile(),
    () => /\.onnx$/i.test(source),
  );
  if (isFile) {
    if (checkpointName !== undefined)
      throw usageError('checkpoint-of-file', `${source} is an exported model: it has no checkpoints to choose from.`, {
        hint: 'Leave --checkpoint out, or name the run folder.',
      });
    // Reading networks of any origin takes a while to load.
    const foreign = () => import('./openForeignModel.js');
    if (!(await isExported(source))) return (await foreign()).openForeignModel(source, choices, batchSize, open);
    refuseChoices(source, choices);
    const file = await readModelFile(source);
    if (file.quantisation !== undefined && device === 'webgpu')
      throw usageError('int8-device', `${source} computes in 8-bit integers, which runs on the CPU only.`, {
        hint: 'Leave --device webgpu out, or give the model.onnx that `lesionlab export <run>` writes.',
      });
    const { classes, preprocessing, testTimeAugmentation, synthetic, certainty = null, metadataInput: metadata } = file;
    const threshold = file.outOfDistribution?.threshold ?? null;
    const size = { classCount: classes.length, imageSize: preprocessing.imageSize, batchSize };
    const classifier = classifierFromSession(await nodeRuntime.open(file.bytes, { ...open, file: source }), {
      ...size,
      source,
      model: { metadata },
      arrange: (images) => networkInput(images, preprocessing, batchSize),
    });
    const networks = [{ preprocessing, testTimeAugmentation, classifier, weight: 1, metadata }];
    const close = () => classifier.close();
    const explainable = async () => [(await foreign()).networkOfExported(source, file.bytes, preprocessing)];
    const none = { folder: null, runModel: null };
    return { id: file.model, classes, synthetic, certainty, threshold, networks, ...none, explainable, close };
  }
  refuseChoices(source, choices);
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
      networks.push({ ...(await openNetwork(checkpoint, statistics, batchSize, open)), weight });
    }
  } catch (error) {
    await close();
    throw error;
  }
  const threshold = outOfDistribution?.threshold ?? null;
  const explainable = async () => networksOf(model.members);
  return {
    id: described.id,
    classes,
    synthetic,
    certainty,
    threshold,
    networks,
    folder,
    runModel: model,
    explainable,
    close,
  };
}

async function openNetwork(
  { model, weights, config, path }: Checkpoint,
  outOfDistribution: RunOutOfDistribution | null,
  batchSize: number,
  open: Pick<StepContext, 'device' | 'threads'>,
): Promise<Omit<OpenNetwork, 'weight'>> {
  const { preprocessing, recipe, data } = config;
  const size = { classCount: data.classes.length, imageSize: preprocessing.imageSize, batchSize };
  return {
    preprocessing,
    testTimeAugmentation: recipe.evaluation.testTimeAugmentation,
    metadata: model.metadata,
    classifier: await openClassifier(
      nodeRuntime,
      { ...size, model, weights, outOfDistribution, source: path, takesMetadata: true },
      open,
    ),
  };
}

/** @throws LesionlabError kind `usage` where something is said of images whose preprocessing is known */
function refuseChoices(source: string, choices: ForeignChoices): void {
  const [idle] = Object.entries(choices).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (idle === undefined) return;
  throw usageError('known-preprocessing', `${source} says itself how it wants its images; "${idle}" was given, too.`, {
    hint: { terminal: "Leave the options for another's network out.", page: 'Leave it out.' },
  });
}
