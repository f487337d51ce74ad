import type { Dataset } from '../../data/dataset.js';
import { describeNetwork, findModel } from '../../models/index.js';
import type { Progress } from '../../progress.js';
import { nodeRuntime } from '../../runtime/node.js';
import { estimateTraining, type MeasuredNetworks, type TrainingEstimate } from '../../training/estimateTraining.js';
import type { Recipe } from '../../training/recipe/config.js';
import { formatBytes, formatCount, formatDuration } from '../machine/formatQuantity.js';
import type { StepContext } from '../machine/stepContext.js';

export interface RunEstimate {
  readonly trainingSeconds: number;
  /** Prepared images and features (in the cache folder) and checkpoints (in the run folder). */
  readonly cacheBytes: number;
  readonly runBytes: number;
}

type Described = Pick<Dataset, 'info' | 'records'>;

/**
 * Says what a run will do, and how long it will take and how much disk it needs, from a few steps taken on random pixels.
 * @param epochsDone of a run that is resumed @param measured of other runs' networks, as `estimateTraining` has it
 */
export async function estimateRun(
  ctx: StepContext,
  recipe: Recipe,
  dataset: Described,
  epochsDone = 0,
  measured?: MeasuredNetworks,
): Promise<RunEstimate> {
  const { threads, device, progress } = ctx;
  const { info, records } = dataset;
  const work = { images: records.length, classCount: info.classes.length, epochsDone };
  const training = await estimateTraining(nodeRuntime, recipe, work, { threads, device, spin: false }, measured);
  const space = describeRun(progress, recipe, dataset, training);
  tellDuration(progress, recipe, training.seconds, epochsDone);
  return { ...space, trainingSeconds: training.seconds };
}

/** Says what a run will do and how much disk it needs. */
export function describeRun(
  progress: Pick<Progress, 'note'>,
  recipe: Recipe,
  { info, records }: Described,
  { steps, featureBytes }: Pick<TrainingEstimate, 'steps' | 'featureBytes'>,
): Omit<RunEstimate, 'trainingSeconds'> {
  const { imageSize } = recipe;
  const { batchSize, epochs, optimizer, weightAveraging, averagedTail } = recipe.training;
  const count = records.length;
  const size = { model: findModel(recipe.model), classCount: info.classes.length, imageSize };
  const parameterBytes = 4 * describeNetwork(size).parameterCount;
  const arrays = optimizer === 'sgd' ? 2 : 3;
  const averages = weightAveraging > 0 || averagedTail > 0 ? 1 : 0;
  const cacheBytes = count * imageSize ** 2 * 3 + featureBytes;
  // Two checkpoints, the exported model and the state for resuming; a few megabytes of pages and pictures.
  const runBytes = parameterBytes * (3 + arrays + averages) + 2e7;
  progress.note(
    `${formatCount(count)} images of ${info.name}: ${size.model.title} at ${imageSize} pixels, ${countEpochs(epochs)}, ` +
      `${formatCount(steps)} steps of ${batchSize} images; ` +
      `disk: ${formatBytes(cacheBytes)} for prepared images${featureBytes > 0 ? ' and features' : ''}, ${formatBytes(runBytes)} for the run.`,
  );
  return { cacheBytes, runBytes };
}

/** Says how long a training will take. @param epochsDone of a run that is resumed */
export function tellDuration(
  progress: Pick<Progress, 'note'>,
  { training: { epochs } }: Recipe,
  seconds: number,
  epochsDone = 0,
): void {
  const left = epochs - epochsDone;
  const what =
    epochsDone === 0 ? 'Training' : left === 1 ? 'The epoch that is left' : `The ${left} epochs that are left`;
  progress.note(`${what} will take about ${formatDuration(seconds)}.`);
}

const countEpochs = (epochs: number) => `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`;
