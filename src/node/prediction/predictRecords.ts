import type { ImageRecord } from '../../data/dataset.js';
import { type PredictPreparedOptions, predictPrepared } from '../../evaluation/answers/predictPrepared.js';
import { averagePredictions } from '../../evaluation/predictions/averagePredictions.js';
import type { Predictions } from '../../evaluation/predictions/predictions.js';
import { type Classifier, openClassifier } from '../../models/index.js';
import { nodeRuntime } from '../../runtime/node.js';
import type { RunConfig } from '../../training/recipe/config.js';
import type { PreparedRecords, SizedImages } from '../dataset/sizedImages.js';
import type { StepContext } from '../machine/stepContext.js';
import type { Checkpoint } from '../run/checkpointFile.js';
import type { ModelMember, RunModel } from '../run/runModel.js';
import type { ImageFeatures } from './imageFeatures.js';
import { pause, predictionBatchSize } from './predictionBatches.js';

/**
 * Predicts records with a run's model, augmented as its members' recipes say.
 * @param told what networks are told of a record beside its pixels: see `PredictPreparedOptions`
 * @throws LesionlabError kind `interrupted` once the signal is aborted
 */
export async function predictRecords(
  context: Pick<StepContext, 'progress' | 'signal' | 'threads' | 'device'>,
  model: Pick<RunModel, 'members'>,
  data: SizedImages,
  records: readonly ImageRecord[],
  label = 'Predicting',
  told?: PredictPreparedOptions['told'],
): Promise<Predictions> {
  const { parts } = await predictByMember(context, model.members, data, records, label, told);
  return averageOfMembers(parts, model);
}

/** What a model answers, of what its members do. */
export const averageOfMembers = (parts: readonly Predictions[], { members }: Pick<RunModel, 'members'>): Predictions =>
  averagePredictions(
    parts,
    members.map(({ weight }) => weight),
  );

/**
 * What each of several networks predicts, in their order. @param lead the network of which what it sees at the first look is kept, too
 * @throws LesionlabError kind `interrupted` once the signal is aborted
 */
export async function predictByMember(
  context: Pick<StepContext, 'progress' | 'signal' | 'threads' | 'device'>,
  members: readonly Pick<ModelMember, 'checkpoint'>[],
  data: SizedImages,
  records: readonly ImageRecord[],
  label: string,
  told?: PredictPreparedOptions['told'],
  lead?: Checkpoint,
): Promise<PredictedByMember> {
  const parts: Predictions[] = [];
  let firstLook: FirstLook | undefined;
  for (const [m, { checkpoint }] of members.entries()) {
    const images = await data.sizedFor(checkpoint.config.preprocessing);
    const words = members.length === 1 ? label : `${label} (network ${m + 1} of ${members.length})`;
    const keep =
      checkpoint === lead ? keepFirstLooks(records.length, checkpoint.config.data.classes.length) : undefined;
    parts.push(await predictWithCheckpoint(context, checkpoint, images, records, words, told, keep?.onFirstLook));
    firstLook ??= keep?.kept();
  }
  return { parts, firstLook };
}

/** What a network says of records by one look at each, as it is, and what its head took then. */
export interface FirstLook {
  /** [N * K] */
  readonly probabilities: Float32Array;
  readonly features: ImageFeatures;
}

/** What the networks of a model say, in their order, and what the one that was asked for saw first; undefined where none was asked for. */
export interface PredictedByMember {
  readonly parts: Predictions[];
  readonly firstLook: FirstLook | undefined;
}

function keepFirstLooks(count: number, classCount: number) {
  const probabilities = new Float32Array(count * classCount);
  let values = new Float32Array();
  let width = 0;
  const onFirstLook: PredictPreparedOptions['onFirstLook'] = (answers, first, here) => {
    probabilities.set(answers.probabilities.subarray(0, here * classCount), first * classCount);
    const features = answers.features!;
    if (width === 0) {
      width = (features.length * classCount) / answers.probabilities.length;
      values = new Float32Array(count * width);
    }
    values.set(features.subarray(0, here * width), first * width);
  };
  return { onFirstLook, kept: (): FirstLook => ({ probabilities, features: { width, values } }) };
}

async function predictWithCheckpoint(
  context: Pick<StepContext, 'progress' | 'signal' | 'threads' | 'device'>,
  { model, weights, config, path: source }: Checkpoint,
  data: PreparedRecords,
  records: readonly ImageRecord[],
  label: string,
  told: PredictPreparedOptions['told'],
  onFirstLook: PredictPreparedOptions['onFirstLook'],
): Promise<Predictions> {
  const { device, threads } = context;
  const { imageSize } = config.preprocessing;
  const size = {
    model,
    weights,
    classCount: config.data.classes.length,
    imageSize,
    batchSize: predictionBatchSize,
    source,
    takesMetadata: true,
    givesFeatures: onFirstLook !== undefined,
  };
  const classifier = await openClassifier(nodeRuntime, size, { device, threads });
  try {
    return await predictWith(classifier, context, config, data, records, label, told, onFirstLook);
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
  data: PreparedRecords,
  records: readonly ImageRecord[],
  label: string,
  told?: PredictPreparedOptions['told'],
  onFirstLook?: PredictPreparedOptions['onFirstLook'],
): Promise<Predictions> {
  const { prepared, preparedIndex } = data;
  return predictPrepared(classifier, {
    config,
    records,
    prepared,
    preparedIndex,
    label,
    told,
    onFirstLook,
    progress,
    signal,
    pause,
  });
}
