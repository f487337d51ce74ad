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
import { type KeptLooks, keepLooks, type WantedOfLooks } from './keepLooks.js';
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
 * What each of several networks predicts, in their order. @param wanted what is kept besides of the looks of one of them
 * @throws LesionlabError kind `interrupted` once the signal is aborted
 */
export async function predictByMember(
  context: Pick<StepContext, 'progress' | 'signal' | 'threads' | 'device'>,
  members: readonly Pick<ModelMember, 'checkpoint'>[],
  data: SizedImages,
  records: readonly ImageRecord[],
  label: string,
  told?: PredictPreparedOptions['told'],
  wanted?: WantedOfLooks,
): Promise<PredictedByMember> {
  const parts: Predictions[] = [];
  let kept: KeptLooks | undefined;
  for (const [m, { checkpoint }] of members.entries()) {
    const images = await data.sizedFor(checkpoint.config.preprocessing);
    const words = members.length === 1 ? label : `${label} (network ${m + 1} of ${members.length})`;
    const keeper = wanted?.of === checkpoint ? keepLooks(context, wanted, records) : undefined;
    try {
      parts.push(await predictWithCheckpoint(context, checkpoint, images, records, words, told, keeper?.onLook));
      kept ??= keeper?.kept();
    } finally {
      await keeper?.close();
    }
  }
  return { parts, kept };
}

/** What the networks of a model say, in their order, and what was wanted besides of the looks of one of them. */
export interface PredictedByMember {
  readonly parts: Predictions[];
  readonly kept: KeptLooks | undefined;
}

async function predictWithCheckpoint(
  context: Pick<StepContext, 'progress' | 'signal' | 'threads' | 'device'>,
  { model, weights, config, path: source }: Checkpoint,
  data: PreparedRecords,
  records: readonly ImageRecord[],
  label: string,
  told: PredictPreparedOptions['told'],
  onLook: PredictPreparedOptions['onLook'],
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
    givesFeatures: onLook !== undefined,
  };
  const classifier = await openClassifier(nodeRuntime, size, { device, threads });
  try {
    return await predictWith(classifier, context, config, data, records, label, told, onLook);
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
  onLook?: PredictPreparedOptions['onLook'],
): Promise<Predictions> {
  const { prepared, preparedIndex } = data;
  return predictPrepared(classifier, {
    config,
    records,
    prepared,
    preparedIndex,
    label,
    told,
    onLook,
    progress,
    signal,
    pause,
  });
}
