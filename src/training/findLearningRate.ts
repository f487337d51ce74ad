import { requireInteger, requireNumber, requireNumbers } from '../checks.js';
import type { Batch } from '../data/preparation/preprocessing.js';
import type { Trainer } from './trainer.js';

/** One step of a learning rate range test. */
export interface LearningRateRecord {
  /** From 1. */
  readonly step: number;
  readonly learningRate: number;
  /** Loss of the step's batch, before its update. */
  readonly loss: number;
  /** Mean of the losses so far in which each counts `smoothing` times as much as the next. */
  readonly smoothedLoss: number;
}

/** What a range test found out; learning rates are null where the loss never fell. */
export interface LearningRateFinding {
  readonly records: readonly LearningRateRecord[];
  /** `loss-rose`: to more than four times its lowest; `diverged`: it was no number any more. */
  readonly reason: 'all-steps' | 'loss-rose' | 'diverged' | 'interrupted';
  /** Where the smoothed loss falls steepest over the logarithm of the learning rate: what is suggested. */
  readonly steepest: number | null;
  /** Where the smoothed loss is lowest: too high to train with. */
  readonly minimum: number | null;
  /** The other usual choice. */
  readonly tenthOfMinimum: number | null;
}

/** What `findLearningRate` yields: every step, then what came of them. */
export type LearningRateEvent =
  | { readonly type: 'step'; readonly record: LearningRateRecord }
  | { readonly type: 'done'; readonly finding: LearningRateFinding };

/** What a range test is run with. */
export interface FindLearningRateOptions {
  /** Fresh; what it has learned is of no use afterwards. */
  readonly trainer: Pick<Trainer, 'step'>;
  readonly batches: { next(): Promise<Batch>; recycle(batch: Batch): void };
  /** Learning rates of the first and of the last step, and how many steps there are. */
  readonly range: LearningRateRange;
  /** In [0, 1). Default 0.9. */
  readonly smoothing?: number;
  /** Asked after every step; true ends the test. */
  readonly shouldStop?: () => boolean;
}

/** Learning rates of the first and of the last step, and how many steps there are. */
export interface LearningRateRange {
  readonly lowest: number;
  readonly highest: number;
  readonly steps: number;
}

/** From 1e-7 to 10 in 150 steps. */
export const defaultLearningRateRange: LearningRateRange = { lowest: 1e-7, highest: 10, steps: 150 };

/** The test ends once the smoothed loss is this many times its lowest. */
const tooHigh = 4;
/** The first smoothed losses are means of few, and say little. */
const firstSteps = 10;
/** Slopes are of straight lines through so many steps on either side. */
const slopeReach = 5;
/** A fall of the loss by a smaller share than this is chance. */
const smallestFall = 0.02;

/**
 * Learning rate range test (Smith 2017, doi 10.1109/WACV.2017.58): the learning rate rises exponentially from step to step, and
 * the loss tells from which on a network learns, and from which on it diverges.
 * @throws LesionlabError kind `usage` for a range that doesn't rise from above 0, or has no steps
 */
export async function* findLearningRate(options: FindLearningRateOptions): AsyncGenerator<LearningRateEvent> {
  const { trainer, batches, range, smoothing = 0.9, shouldStop = () => false } = options;
  requireNumber('range.lowest', range.lowest, { above: 0 });
  requireNumber('range.highest', range.highest, { above: range.lowest });
  requireInteger('range.steps', range.steps, { min: 1 });
  requireNumber('smoothing', smoothing, { min: 0, below: 1 });
  const records: LearningRateRecord[] = [];
  const finish = (reason: LearningRateFinding['reason']): LearningRateEvent => ({
    type: 'done',
    finding: { records, reason, ...readLearningRates(records) },
  });
  let mean = 0;
  let lowest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < range.steps; i++) {
    const learningRate = range.lowest * (range.highest / range.lowest) ** (i / Math.max(1, range.steps - 1));
    const batch = await batches.next();
    const { loss } = await trainer.step(batch.images, batch.labels, learningRate);
    batches.recycle(batch);
    if (!Number.isFinite(loss)) {
      yield finish('diverged');
      return;
    }
    // The mean begins at 0, which the division takes out again (Kingma and Ba 2015, section 3).
    mean = smoothing * mean + (1 - smoothing) * loss;
    const smoothedLoss = mean / (1 - smoothing ** (i + 1));
    const record = { step: i + 1, learningRate, loss, smoothedLoss };
    records.push(record);
    yield { type: 'step', record };
    lowest = Math.min(lowest, smoothedLoss);
    if (i >= firstSteps && smoothedLoss > tooHigh * lowest) {
      yield finish('loss-rose');
      return;
    }
    if (i + 1 < range.steps && shouldStop()) {
      yield finish('interrupted');
      return;
    }
  }
  yield finish('all-steps');
}

/** Reads learning rates off the smoothed losses of a range test. @param records in order; the learning rate rises */
export function readLearningRates(
  records: readonly LearningRateRecord[],
): Pick<LearningRateFinding, 'steepest' | 'minimum' | 'tenthOfMinimum'> {
  for (const name of ['learningRate', 'smoothedLoss'] as const)
    requireNumbers(
      name,
      records.map((record) => record[name]),
      name === 'learningRate' ? { above: 0 } : {},
    );
  const none = { steepest: null, minimum: null, tenthOfMinimum: null };
  const losses = records.map(({ smoothedLoss }) => smoothedLoss);
  const settled = losses.slice(firstSteps);
  if (settled.length === 0) return none;
  const lowest = firstSteps + settled.indexOf(Math.min(...settled));
  if (losses[lowest] > (1 - smallestFall) * settled[0]) return none;
  let steepest = firstSteps;
  let steepestSlope = Number.POSITIVE_INFINITY;
  for (let i = firstSteps; i <= lowest; i++) {
    const slope = slopeAt(records, i);
    if (slope < steepestSlope) [steepest, steepestSlope] = [i, slope];
  }
  const minimum = records[lowest].learningRate;
  return { steepest: records[steepest].learningRate, minimum, tenthOfMinimum: minimum / 10 };
}

/** Slope of the line with the least squared distance from the smoothed losses around a step, over the learning rate's logarithm. */
function slopeAt(records: readonly LearningRateRecord[], index: number): number {
  const near = records.slice(Math.max(0, index - slopeReach), index + slopeReach + 1);
  const x = near.map(({ learningRate }) => Math.log(learningRate));
  const y = near.map(({ smoothedLoss }) => smoothedLoss);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  const together = mean(x.map((value, i) => (value - meanX) * (y[i] - meanY)));
  return together / mean(x.map((value) => (value - meanX) ** 2));
}
