import { median } from '../data/median.js';
import type { EpochRecord } from './events.js';
import { findBestEpoch } from './findBestEpoch.js';

/** What the learning curves show, for readers who don't read curves. */
export interface CurveNote {
  readonly kind: 'overfitting' | 'still-improving' | 'not-learning' | 'diverged';
  /** Epochs that it is about, from 1, both included: to be marked in a chart. */
  readonly firstEpoch: number;
  readonly lastEpoch: number;
  /** One or two plain sentences. */
  readonly text: string;
}

/** A change of loss smaller than this share of it says nothing. */
const smallestChange = 0.02;
/** A rise must be this many times as large as the validation curve's usual jitter. */
const jitterFactor = 3;
/** Shorter trainings have no curve to speak of. */
const fewestEpochs = 4;

/**
 * Reads learning curves: says where validation loss rises while training loss falls (overfitting), and where a training
 * diverged, learned nothing or was cut short. Single odd epochs are smoothed away (median of three).
 *
 * @param records one for each epoch, in order
 */
export function describeCurves(records: readonly EpochRecord[]): CurveNote[] {
  const broken = records.find(
    ({ trainLoss, validationLoss }) => !Number.isFinite(trainLoss) || !Number.isFinite(validationLoss),
  );
  if (broken) {
    return [
      {
        kind: 'diverged',
        firstEpoch: broken.epoch,
        lastEpoch: records[records.length - 1].epoch,
        text: `In epoch ${broken.epoch} the loss is no longer a number: the training diverged. A lower learning rate usually mends it.`,
      },
    ];
  }
  if (records.length < fewestEpochs) return [];
  const notLearning = describeNotLearning(records);
  if (notLearning) return [notLearning];
  const note = describeOverfitting(records) ?? describeStillImproving(records);
  return note ? [note] : [];
}

function describeNotLearning(records: readonly EpochRecord[]): CurveNote | undefined {
  const first = records[0];
  const last = records[records.length - 1];
  const lowest = Math.min(...records.map(({ trainLoss }) => trainLoss));
  if (lowest < first.trainLoss * (1 - smallestChange)) return undefined;
  return {
    kind: 'not-learning',
    firstEpoch: first.epoch,
    lastEpoch: last.epoch,
    text:
      `Training loss hardly changed (${show(first.trainLoss)} in epoch ${first.epoch}, ${show(last.trainLoss)} in epoch ` +
      `${last.epoch}): the model learned next to nothing after its first epoch. Try another learning rate.`,
  };
}

function describeOverfitting(records: readonly EpochRecord[]): CurveNote | undefined {
  const validation = smooth(records.map(({ validationLoss }) => validationLoss));
  const train = smooth(records.map(({ trainLoss }) => trainLoss));
  const lowest = validation.indexOf(Math.min(...validation));
  const end = records.length - 1;
  const rise = validation[end] - validation[lowest];
  const jitter = estimateJitter(records.map(({ validationLoss }) => validationLoss));
  const risen = rise > Math.max(validation[lowest] * smallestChange, jitterFactor * jitter);
  const fallen = train[end] < train[lowest] * (1 - smallestChange);
  if (end - lowest < 2 || !risen || !fallen) return undefined;
  // The median may stand one epoch beside the lowest value that a reader sees in the chart.
  const from = records
    .slice(Math.max(0, lowest - 1), lowest + 2)
    .reduce((low, record) => (record.validationLoss < low.validationLoss ? record : low));
  const to = records[end];
  const best = findBestEpoch(records)!;
  return {
    kind: 'overfitting',
    firstEpoch: from.epoch,
    lastEpoch: to.epoch,
    text:
      `Overfitting from epoch ${from.epoch} on: validation loss rises (${show(from.validationLoss)} to about ` +
      `${show(validation[end])} by epoch ${to.epoch}) while training loss still falls (${show(from.trainLoss)} to ` +
      `${show(to.trainLoss)}): the model learns its training images by heart. ${describeBest(best, from)}`,
  };
}

/** The loss judges how sure a model is, the accuracy only what it says: they need not turn in the same epoch. */
function describeBest(best: EpochRecord, turn: EpochRecord): string {
  const value = `(${show(best.validationBalancedAccuracy)})`;
  if (best.epoch < turn.epoch) return `Balanced accuracy was best in epoch ${best.epoch} ${value}, before that.`;
  if (best.epoch === turn.epoch) return `Balanced accuracy was best in that same epoch ${best.epoch} ${value}.`;
  return (
    `Balanced accuracy was best in epoch ${best.epoch} ${value}, later than the loss, which suggests that from epoch ` +
    `${turn.epoch} on the model grew surer of its mistakes rather than made more of them.`
  );
}

function describeStillImproving(records: readonly EpochRecord[]): CurveNote | undefined {
  const validation = smooth(records.map(({ validationLoss }) => validationLoss));
  const end = records.length - 1;
  const start = end - Math.max(2, Math.round(records.length / 5));
  const falls = validation[end] < validation[start] * (1 - smallestChange);
  if (!falls || validation[end] > Math.min(...validation)) return undefined;
  return {
    kind: 'still-improving',
    firstEpoch: records[start].epoch,
    lastEpoch: records[end].epoch,
    text:
      `Validation loss was still falling at the end (${show(validation[start])} in epoch ${records[start].epoch}, ` +
      `${show(validation[end])} in epoch ${records[end].epoch}): a longer training may do better.`,
  };
}

/** Median of each value and its neighbours; the ends take the two values next to them. */
function smooth(values: readonly number[]): number[] {
  return values.map((_, i) => {
    const start = Math.min(Math.max(0, i - 1), Math.max(0, values.length - 3));
    return median(values.slice(start, start + 3));
  });
}

/**
 * Standard deviation of a curve around its trend, from its second differences, in which a slow trend cancels: their
 * variance is 6 times the noise's. By the median of their sizes (1.4826 for normal noise), so that a jump counts little.
 */
function estimateJitter(values: readonly number[]): number {
  const bends = values.slice(2).map((value, i) => Math.abs(value - 2 * values[i + 1] + values[i]));
  return (1.4826 * median(bends)) / Math.sqrt(6);
}

function show(value: number): string {
  return Number(value.toPrecision(3)).toString();
}
