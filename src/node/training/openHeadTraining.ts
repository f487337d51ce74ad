import { headTensors } from '../../models/featureExtractor.js';
import { type NetworkSize, openFeatureExtractor } from '../../models/index.js';
import type { Weights } from '../../nn/index.js';
import { nodeRuntime } from '../../runtime/node.js';
import { computeFeatures, featureBatches } from '../../training/featureTable.js';
import { openHeadTrainer, replaceWeights, validateHead, withFeatureStatistics } from '../../training/headTraining.js';
import { validationWeights } from '../../training/recipe/classBalance.js';
import { type SplitImages, samplingOf } from '../../training/recipe/trainingSplits.js';
import { createBatchLoader } from './batchLoader.js';
import { featureFile, readFeatures, type SplitFeatures, writeFeatures } from './featureCache.js';
import { type OpenedTraining, openOptions, trainerOptions } from './openTraining.js';
import type { TrainJob } from './trainJob.js';

export interface HeadTrainingHooks {
  /** @param done images whose features are computed, of `total` */
  readonly report: (done: number, total: number) => void;
  readonly shouldStop: () => boolean;
}

/** Where a training of a head stands. */
export interface HeadPosition {
  readonly firstStep: number;
  /** Begins anew: the statistics of the features go into the weights, which have them already otherwise. */
  readonly fresh: boolean;
}

const extractionBatchSize = 32;

/**
 * Opens the training of a head on features, which are computed once (later runs find them in the cache).
 * @param weights of the whole network @returns undefined where it was stopped before the features were there
 */
export async function openHeadTraining(
  job: TrainJob,
  size: NetworkSize,
  weights: Weights,
  { firstStep, fresh }: HeadPosition,
  hooks: HeadTrainingHooks,
): Promise<OpenedTraining | undefined> {
  const features = await findFeatures(job, size, weights, hooks);
  if (!features) return undefined;
  const { recipe, seed } = job;
  const whole = fresh ? withFeatureStatistics(weights, size.model, features.train) : weights;
  const { batchSize } = recipe.training;
  const open = openOptions(job);
  const trainer = await openHeadTrainer(nodeRuntime, trainerOptions(job, size), features.train.width, whole, open);
  const batches = featureBatches({
    table: features.train,
    labels: job.train.labels,
    sampling: samplingOf(recipe, job.train),
    batchSize,
    seed,
    firstStep,
  });
  const validation = {
    ...size,
    ...validationWeights(job, job.train.labels),
    table: features.validation,
    labels: job.validation.labels,
    metadata: job.metadata?.validation,
  };
  return {
    trainer,
    plan: batches.plan,
    teacher: job.teacher,
    metadata: job.metadata?.train,
    batches,
    validate: (evaluated) => validateHead(nodeRuntime, { ...validation, weights: evaluated }, open),
    complete: (trained) => replaceWeights(whole, trained),
    close: () => trainer.close(),
  };
}

async function findFeatures(
  job: TrainJob,
  size: NetworkSize,
  weights: Weights,
  hooks: HeadTrainingHooks,
): Promise<SplitFeatures | undefined> {
  const { recipe, seed, preprocessing, preparedFile, device, threads } = job;
  const views = recipe.featureViews;
  const head = headTensors(size);
  const path = featureFile({
    model: size.model.id,
    preparedFile,
    // Sums of floating-point numbers depend on device, threads and version.
    settings: {
      preprocessing,
      ...(views > 1 ? { views, seed, augmentation: recipe.augmentation } : {}),
      ...{ device, threads, runtime: nodeRuntime.version },
    },
    train: job.train.indices,
    validation: job.validation.indices,
    weights: new Map([...weights].filter(([name]) => !head.has(name))),
  });
  const extractor = await openFeatureExtractor(
    nodeRuntime,
    { ...size, weights, batchSize: extractionBatchSize },
    openOptions(job),
  );
  try {
    const [train, validation] = [job.train.labels.length, job.validation.labels.length];
    const known = await readFeatures(path, { train, validation, views, width: extractor.width });
    if (known) return known;
    const total = views * train + validation;
    let before = 0;
    const compute = async (images: SplitImages, count: number) => {
      const table = await computeFeatures({
        extractor,
        count: images.labels.length,
        views: count,
        openView: (view) => openView(job, images, view),
        report: (done) => hooks.report(before + done, total),
        shouldStop: hooks.shouldStop,
      });
      before += count * images.labels.length;
      return table;
    };
    const ofValidation = await compute(job.validation, 1);
    const ofTrain = ofValidation && (await compute(job.train, views));
    if (!ofTrain) return undefined;
    const features = { train: ofTrain, validation: ofValidation };
    await writeFeatures(path, features);
    return features;
  } finally {
    await extractor.close();
  }
}

/** View 0 is the images as they are; each later one is varied as in the epoch of that number. */
const openView = ({ recipe, seed, preprocessing, preparedFile }: TrainJob, images: SplitImages, view: number) =>
  createBatchLoader({
    preparedFile,
    ...images,
    batchSize: extractionBatchSize,
    preprocessing,
    order: 'sequential',
    epoch: view,
    seed,
    augmentation: view === 0 ? null : recipe.augmentation,
    ahead: 4,
  });
