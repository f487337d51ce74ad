import { setImmediate } from 'node:timers/promises';
import { makeBatch, planBatches } from '../../data/augmentation/batches.js';
import { findModel, initialWeights, type NetworkSize, openClassifier } from '../../models/index.js';
import type { Weights } from '../../nn/index.js';
import type { OpenOptions } from '../../runtime/index.js';
import { nodeRuntime } from '../../runtime/node.js';
import { fullSizeTurn, wholeImages } from '../../training/fullSize.js';
import { validationWeights } from '../../training/recipe/classBalance.js';
import { samplingOf, trainingSide } from '../../training/recipe/trainingSplits.js';
import { recipeTrainerOptions } from '../../training/recipeTrainerOptions.js';
import { recomputeStatistics } from '../../training/recomputeStatistics.js';
import type { TrainOptions } from '../../training/train.js';
import { Trainer } from '../../training/trainer.js';
import type { TrainerOptions } from '../../training/trainerOptions.js';
import { validate } from '../../training/validate.js';
import { openPreparedFile } from '../dataset/preparedFile.js';
import { loadInitialWeights } from '../run/checkpointFile.js';
import { type BatchThreads, createBatchLoader, startBatchThreads } from './batchLoader.js';
import type { TrainJob, TrainPreparation } from './trainJob.js';

/** What `train` needs, opened for a job. */
export interface OpenedTraining
  extends Pick<
    TrainOptions,
    'trainer' | 'plan' | 'batches' | 'validate' | 'recomputeStatistics' | 'teacher' | 'metadata' | 'enterFullSize'
  > {
  /** First step of the last epochs, whose trainer is another; undefined where there are none. */
  readonly turn?: number;
  /** The weights of the whole network from those that the trainer gives. */
  complete(trained: Weights): Weights;
  close(): Promise<void>;
}

const validationBatchSize = 32;

// Batches are made on the same cores: threads that spin while they wait would take the time from that.
export const openOptions = ({ device, threads }: Pick<TrainJob, 'device' | 'threads'>): OpenOptions => ({
  device,
  threads,
  spin: false,
});

export const networkSize = (job: TrainJob, model: NetworkSize['model']): NetworkSize => ({
  model,
  classCount: job.classIds.length,
  imageSize: job.preprocessing.imageSize,
});

export const trainerOptions = (
  {
    recipe,
    seed,
    classWeights,
    logitOffsets,
    metadata,
  }: Pick<TrainJob, 'recipe' | 'seed' | 'classWeights' | 'logitOffsets' | 'metadata'>,
  size: NetworkSize,
): TrainerOptions => ({
  ...recipeTrainerOptions(recipe, metadata?.encoding),
  ...size,
  classWeights,
  logitOffsets,
  seed,
});

/** What a training can begin with before its job is known. */
export interface EarlyTraining {
  readonly trainer: Promise<Trainer>;
  /** Starts the thread of its batches, unless it is started. */
  batches(): BatchThreads;
  /** Ends that thread: before a loader has it, it would keep this one alive. */
  endBatches(): Promise<void>;
}

/** Opens a trainer while images are prepared, which doesn't know the frequencies of classes yet, and then starts the thread of its batches. */
export function openEarly(preparation: TrainPreparation): EarlyTraining {
  let threads: BatchThreads | undefined;
  const batches = () => {
    threads ??= startBatchThreads();
    return threads;
  };
  const trainer = openTrainerEarly(preparation);
  trainer.then(batches, () => {}); // whoever waits for the trainer hears of its failure
  return { trainer, batches, endBatches: async () => await threads?.close() };
}

async function openTrainerEarly(preparation: TrainPreparation): Promise<Trainer> {
  const { recipe, seed, classIds, weightsFile } = preparation;
  const size = { model: findModel(recipe.model), classCount: classIds.length, imageSize: recipe.imageSize };
  const logitOffsets = recipe.training.logitAdjustment > 0 ? classIds.map(() => 0) : undefined;
  const options = trainerOptions(
    { ...preparation, classWeights: classIds.map(() => 1), logitOffsets },
    { ...size, imageSize: trainingSide(recipe) },
  );
  const weights = weightsFile ? await loadInitialWeights(weightsFile, size, { seed }) : initialWeights(size, seed);
  // The job may be there by now, which has the batches begun.
  await setImmediate();
  return await Trainer.open(nodeRuntime, options, weights, openOptions(preparation));
}

async function openTrainer(
  early: EarlyTraining | undefined,
  begin: () => Promise<Weights>,
  options: TrainerOptions,
  open: OpenOptions,
): Promise<Trainer> {
  const trainer = await (early?.trainer ?? Trainer.open(nodeRuntime, options, await begin(), open));
  trainer.balanceClasses(options);
  return trainer;
}

/**
 * Opens the training of a whole network on images, made ahead in another thread.
 * @param early what was opened before @param begin gives the weights to begin with where nothing was
 * @param firstStep where it stands
 */
export async function openNetworkTraining(
  job: TrainJob,
  size: NetworkSize,
  early: EarlyTraining | undefined,
  begin: () => Promise<Weights>,
  firstStep: number,
): Promise<OpenedTraining> {
  const { recipe, seed, preprocessing, preparedFile } = job;
  const open = openOptions(job);
  const side = trainingSide(recipe);
  const options = trainerOptions(job, { ...size, imageSize: side });
  const sampling = samplingOf(recipe, job.train);
  const { batchSize } = recipe.training;
  const plan = planBatches({ count: job.train.indices.length, batchSize, seed, sampling });
  const turn = fullSizeTurn(recipe.training, plan);
  const wholeSize = { side: recipe.imageSize, augmentation: wholeImages(recipe.augmentation) };
  // What is learned stays; the optimizer begins anew.
  const adapting = { ...options, imageSize: recipe.imageSize };
  const isLast = turn !== undefined && firstStep > turn;
  const images = openPreparedFile(preparedFile);
  const counted = validationWeights(job, job.train.labels);
  const loader = createBatchLoader(
    {
      preparedFile,
      ...job.train,
      ...{ sampling, batchSize, preprocessing, side, seed },
      augmentation: recipe.augmentation,
      later: turn === undefined ? undefined : { step: turn, ...wholeSize },
      firstStep,
      ahead: 4,
    },
    early?.batches(),
  );
  // The first batches are made meanwhile.
  let trainer = await openTrainer(early, begin, isLast ? adapting : options, open).catch(async (error) => {
    await loader.close();
    images.close();
    throw error;
  });
  const { recomputedBatchNorm: batches } = recipe.training;
  const source = {
    ...{ images, ...job.train, preprocessing, seed },
    augmentation: turn === undefined ? recipe.augmentation : wholeSize.augmentation,
  };
  // The same batches each time, so that what is saved doesn't depend on where a training was interrupted.
  const batchAt = (step: number) => makeBatch(source, plan.batchRows(step)).images;
  return {
    get trainer() {
      return trainer;
    },
    turn,
    async enterFullSize(weights) {
      const before = trainer;
      trainer = await Trainer.open(nodeRuntime, adapting, weights, open);
      await before.close();
      return trainer;
    },
    plan,
    teacher: job.teacher,
    metadata: job.metadata?.train,
    batches: loader,
    async validate(evaluated) {
      const options = { ...size, weights: evaluated, batchSize: validationBatchSize, takesMetadata: true };
      const classifier = await openClassifier(nodeRuntime, options, { ...open, mayDiverge: true });
      try {
        return await validate(
          classifier,
          { images, ...job.validation, preprocessing, seed, metadata: job.metadata?.validation },
          counted.classWeights,
          counted.answerWeights,
        );
      } finally {
        await classifier.close();
      }
    },
    ...(batches > 0 && {
      async recomputeStatistics() {
        const weights = trainer.evaluatedWeights();
        trainer.takeStatistics(
          await recomputeStatistics(nodeRuntime, { ...trainer.options, ...size, weights, batches, batchAt }, open),
        );
      },
    }),
    complete: (trained) => trained,
    async close() {
      await loader.close();
      images.close();
      await trainer.close();
    },
  };
}
