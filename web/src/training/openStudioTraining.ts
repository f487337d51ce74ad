import {
  type BatchRows,
  type BatchSource,
  makeBatch,
  planBatches,
  planEvaluationBatches,
} from '../../../src/data/augmentation/batches.js';
import type { PreparedImages } from '../../../src/data/preparation/preprocessing.js';
import { type NetworkSize, openClassifier, openFeatureExtractor } from '../../../src/models/index.js';
import type { Weights } from '../../../src/nn/index.js';
import type { OpenOptions, Runtime } from '../../../src/runtime/index.js';
import { computeFeatures, featureBatches } from '../../../src/training/featureTable.js';
import { fullSizeOptions, fullSizeTurn, wholeImages } from '../../../src/training/fullSize.js';
import {
  openHeadTrainer,
  replaceWeights,
  trainsHeadOnly,
  validateHead,
  withFeatureStatistics,
} from '../../../src/training/headTraining.js';
import { validationWeights } from '../../../src/training/recipe/classBalance.js';
import type { RunConfig } from '../../../src/training/recipe/config.js';
import { type SplitImages, samplingOf, trainingSide } from '../../../src/training/recipe/trainingSplits.js';
import { recipeTrainerOptions } from '../../../src/training/recipeTrainerOptions.js';
import { recomputeStatistics } from '../../../src/training/recomputeStatistics.js';
import type { TrainOptions } from '../../../src/training/train.js';
import { Trainer } from '../../../src/training/trainer.js';
import type { TrainerOptions } from '../../../src/training/trainerOptions.js';
import { validate } from '../../../src/training/validate.js';

export interface OpenStudioTraining {
  readonly runtime: Runtime;
  readonly open: OpenOptions;
  readonly config: RunConfig;
  readonly size: NetworkSize;
  readonly prepared: PreparedImages;
  readonly train: SplitImages;
  readonly validation: SplitImages;
  /** To begin with. */
  readonly weights: Weights;
  /** What is known of the images beside their pixels, encoded, of each split, where the network is told it. */
  readonly metadata?: { readonly train: Float32Array; readonly validation: Float32Array };
  /** Waits until messages are heard, and while the training is paused. */
  readonly gate: () => Promise<void>;
  readonly shouldStop: () => boolean;
  /** @param done images whose features are computed, of `total` */
  readonly reportFeatures: (done: number, total: number) => void;
}

/** What `train` needs, opened. */
export interface OpenedTraining
  extends Pick<
    TrainOptions,
    'trainer' | 'plan' | 'batches' | 'validate' | 'recomputeStatistics' | 'metadata' | 'enterFullSize'
  > {
  /** The weights of the whole network from those that the trainer gives. */
  complete(trained: Weights): Weights;
  close(): Promise<void>;
}

const evaluationBatchSize = 32;

/** Opens the training that a configuration describes. @returns undefined where it was stopped before it could begin */
export const openStudioTraining = (options: OpenStudioTraining): Promise<OpenedTraining | undefined> =>
  trainsHeadOnly(options.config.recipe) ? openHead(options) : openWhole(options);

const trainerOptions = ({ config, size }: OpenStudioTraining): TrainerOptions => ({
  ...recipeTrainerOptions(config.recipe, config.metadata),
  ...size,
  classWeights: config.classWeights,
  logitOffsets: config.logitOffsets,
  seed: config.seed,
});

const sourceOf = ({ config, prepared }: OpenStudioTraining, images: SplitImages): BatchSource => ({
  images: prepared,
  ...images,
  preprocessing: config.preprocessing,
  seed: config.seed,
});

async function openWhole(options: OpenStudioTraining): Promise<OpenedTraining> {
  const { runtime, open, config, size, weights, gate } = options;
  const { recipe, seed } = config;
  const { batchSize } = recipe.training;
  const side = trainingSide(recipe);
  const ownOptions = { ...trainerOptions(options), imageSize: side };
  let trainer = await Trainer.open(runtime, ownOptions, weights, open);
  const plan = planBatches({
    count: options.train.indices.length,
    batchSize,
    seed,
    sampling: samplingOf(recipe, options.train),
  });
  const turn = fullSizeTurn(recipe.training, plan) ?? Number.POSITIVE_INFINITY;
  // As large as they are evaluated.
  const whole = {
    ...sourceOf(options, options.train),
    augmentation: Number.isFinite(turn) ? wholeImages(recipe.augmentation) : recipe.augmentation,
  };
  const source = { ...sourceOf(options, options.train), augmentation: recipe.augmentation, side };
  const sourceAt = (step: number) => (step < turn ? source : whole);
  const ofValidation = { ...sourceOf(options, options.validation), metadata: options.metadata?.validation };
  const counted = validationWeights(config, options.train.labels);
  const { recomputedBatchNorm: recomputed } = recipe.training;
  const batchAt = (step: number) => makeBatch(whole, plan.batchRows(step)).images;
  return {
    get trainer() {
      return trainer;
    },
    async enterFullSize(found) {
      await trainer.close();
      trainer = await Trainer.open(runtime, fullSizeOptions(ownOptions, recipe), found, open);
      return trainer;
    },
    plan,
    metadata: options.metadata?.train,
    batches: batchesInTurn(sourceAt, plan, gate),
    async validate(evaluated) {
      const network = { ...size, weights: evaluated, batchSize: evaluationBatchSize, takesMetadata: true };
      const classifier = await openClassifier(runtime, network, { ...open, mayDiverge: true });
      try {
        return await validate(classifier, ofValidation, counted.classWeights, counted.answerWeights);
      } finally {
        await classifier.close();
      }
    },
    ...(recomputed > 0 && {
      async recomputeStatistics() {
        const found = {
          ...trainer.options,
          ...size,
          weights: trainer.evaluatedWeights(),
          batches: recomputed,
          batchAt,
        };
        trainer.takeStatistics(await recomputeStatistics(runtime, found, open));
      },
    }),
    complete: (trained) => trained,
    close: () => trainer.close(),
  };
}

/** Batches one after the other, made in this thread into the same memory. */
function batchesInTurn(
  sourceAt: (step: number) => BatchSource,
  plan: { batchRows(step: number): BatchRows },
  gate: () => Promise<void>,
) {
  let step = 0;
  let memory: Float32Array<ArrayBuffer> | undefined;
  return {
    async next() {
      await gate();
      const source = sourceAt(step);
      const rows = plan.batchRows(step++);
      const length = rows.rows.length * 3 * (source.side ?? source.preprocessing.imageSize) ** 2;
      const batch = makeBatch(source, rows, memory?.length === length ? memory : undefined);
      memory = undefined;
      return batch;
    },
    recycle({ images }: { readonly images: Float32Array }) {
      memory = images as Float32Array<ArrayBuffer>;
    },
    close: async () => {},
  };
}

async function openHead(options: OpenStudioTraining): Promise<OpenedTraining | undefined> {
  const { runtime, open, config, size, weights, train, validation } = options;
  const { recipe, seed } = config;
  const views = recipe.featureViews;
  const total = views * train.labels.length + validation.labels.length;
  let before = 0;
  const extractor = await openFeatureExtractor(runtime, { ...size, weights, batchSize: evaluationBatchSize }, open);
  const compute = async (images: SplitImages, count: number) => {
    const table = await computeFeatures({
      extractor,
      count: images.labels.length,
      views: count,
      // View 0 is the images as they are; each later one is varied as in the epoch of that number.
      openView: (epoch) => {
        const augmentation = epoch === 0 ? null : recipe.augmentation;
        const plan = planEvaluationBatches({ count: images.labels.length, batchSize: evaluationBatchSize, epoch });
        const source = { ...sourceOf(options, images), augmentation };
        return batchesInTurn(() => source, plan, options.gate);
      },
      report: (done) => options.reportFeatures(before + done, total),
      shouldStop: options.shouldStop,
    });
    before += count * images.labels.length;
    return table;
  };
  try {
    const ofValidation = await compute(validation, 1);
    const ofTrain = ofValidation && (await compute(train, views));
    if (!ofTrain) return undefined;
    const whole = withFeatureStatistics(weights, size.model, ofTrain);
    const trainer = await openHeadTrainer(runtime, trainerOptions(options), ofTrain.width, whole, open);
    const batches = featureBatches({
      table: ofTrain,
      labels: train.labels,
      sampling: samplingOf(recipe, train),
      batchSize: recipe.training.batchSize,
      seed,
    });
    const held = {
      ...size,
      ...validationWeights(config, train.labels),
      table: ofValidation,
      labels: validation.labels,
      metadata: options.metadata?.validation,
    };
    return {
      trainer,
      plan: batches.plan,
      metadata: options.metadata?.train,
      batches: {
        async next() {
          await options.gate();
          return await batches.next();
        },
        recycle: batches.recycle,
      },
      validate: (evaluated) => validateHead(runtime, { ...held, weights: evaluated }, open),
      complete: (trained) => replaceWeights(whole, trained),
      close: () => trainer.close(),
    };
  } finally {
    await extractor.close();
  }
}
