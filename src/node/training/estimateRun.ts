import type { Dataset } from '../../data/dataset.js';
import { describeNetwork, findModel } from '../../models/index.js';
import { nodeRuntime } from '../../runtime/node.js';
import { estimateTraining, type MeasuredNetworks } from '../../training/estimateTraining.js';
import type { Recipe } from '../../training/recipe/config.js';
import { formatBytes, formatCount, formatDuration } from '../machine/formatQuantity.js';
import type { StepContext } from '../machine/stepContext.js';

export interface RunEstimate {
  readonly trainingSeconds: number;
  /** Prepared images and features (in the cache folder) and checkpoints (in the run folder). */
  readonly cacheBytes: number;
  readonly runBytes: number;
}

/**
 * Says what a run will do, and how long it will take and how much disk it needs, from a few steps taken on random pixels.
 * @param epochsDone of a run that is resumed @param measured of other runs' networks, as `estimateTraining` has it
 */
export async function estimateRun(
  ctx: StepContext,
  recipe: Recipe,
  dataset: Pick<Dataset, 'info' | 'records'>,
  epochsDone = 0,
  measured?: MeasuredNetworks,
): Promise<RunEstimate> {
  const { imageSize } = recipe;
  const { batchSize, epochs } = recipe.training;
  const count = dataset.records.length;
  const size = { model: findModel(recipe.model), classCount: dataset.info.classes.length, imageSize };
  const { threads, device } = ctx;
  const work = { images: count, classCount: size.classCount, epochsDone };
  const {
    steps,
    seconds: trainingSeconds,
    featureBytes,
  } = await estimateTraining(nodeRuntime, recipe, work, { threads, device, spin: false }, measured);
  const parameterBytes = 4 * describeNetwork(size).parameterCount;
  const arrays = recipe.training.optimizer === 'sgd' ? 2 : 3;
  const averages = recipe.training.weightAveraging > 0 || recipe.training.averagedTail > 0 ? 1 : 0;
  const estimate = {
    trainingSeconds,
    cacheBytes: count * imageSize ** 2 * 3 + featureBytes,
    // Two checkpoints, the exported model and the state for resuming; a few megabytes of pages and pictures.
    runBytes: parameterBytes * (3 + arrays + averages) + 2e7,
  };
  ctx.progress.note(
    `${formatCount(count)} images of ${dataset.info.name}: ${size.model.title} at ${imageSize} pixels, ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}, ` +
      `${formatCount(steps)} steps of ${batchSize} images. ` +
      `${epochsDone > 0 ? (epochs - epochsDone === 1 ? 'The epoch that is left' : `The ${epochs - epochsDone} epochs that are left`) : 'Training'} will take about ${formatDuration(trainingSeconds)}; ` +
      `disk: ${formatBytes(estimate.cacheBytes)} for prepared images${featureBytes > 0 ? ' and features' : ''}, ${formatBytes(estimate.runBytes)} for the run.`,
  );
  return estimate;
}
