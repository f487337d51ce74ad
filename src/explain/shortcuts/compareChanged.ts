import { requireOneOf, requireSome } from '../../checks.js';
import { type PairedDifference, pairedDifferences } from '../../evaluation/comparison/comparePredictions.js';
import type { Interval } from '../../evaluation/metrics/intervals.js';
import { balancedAccuracy, classAuroc, type Metric, macroAuroc, recall } from '../../evaluation/metrics/metrics.js';
import { scoreImages } from '../../evaluation/metrics/scoredImages.js';
import {
  type AnyPredictions,
  type PredictionArrays,
  type Predictions,
  toPredictions,
} from '../../evaluation/predictions/predictions.js';
import { takeRows } from '../../evaluation/predictions/takeRows.js';
import { type ChangeId, changeIds } from './registry.js';

/** What a network says of pictures after one change. */
export interface ChangedProbabilities {
  readonly change: ChangeId;
  /** Rows of the pictures that had room for the change, each once. */
  readonly rows: readonly number[];
  /** [rows, K] row by row, or a row of K numbers each. */
  readonly probabilities: PredictionArrays['probabilities'];
}

/** A number before and after a change, null where a side has none. */
export interface BeforeAndAfter {
  readonly before: number | null;
  readonly after: number | null;
  /** `after - before`. */
  readonly difference: number | null;
  /** 95%, of the difference: paired. */
  readonly interval: Interval;
  /** 95%, of what is left. */
  readonly afterInterval: Interval;
}

/** One class before and after a change. */
export interface ChangedClass {
  readonly dx: string;
  readonly name: string;
  /** Images of it. */
  readonly support: number;
  /** Mean over all pictures, whatever they show. */
  readonly probability: BeforeAndAfter;
  /** Sensitivity by the most probable class. */
  readonly recall: BeforeAndAfter;
  /** Against the rest. */
  readonly auroc: BeforeAndAfter;
}

/** What remains of the answers after one change. */
export interface ShortcutComparison {
  readonly change: ChangeId;
  readonly images: number;
  readonly lesions: number;
  /** Pictures that had no room for it; they are in none of the numbers. */
  readonly withoutRoom: number;
  readonly balancedAccuracy: BeforeAndAfter;
  readonly macroAuroc: BeforeAndAfter;
  /** Share of pictures with the same answer as before. */
  readonly sameAnswer: { readonly share: number; readonly interval: Interval };
  /** Mean probability of the class that was the answer before. */
  readonly answerProbability: BeforeAndAfter;
  readonly classes: readonly ChangedClass[];
}

/** How intervals are made. */
export interface CompareChangedOptions {
  /** Default 0. */
  readonly seed?: number;
  /** 0 for no intervals. Default 2,000. */
  readonly resamples?: number;
}

/**
 * Compares what a network says of pictures as they are with what it says after each change: metrics and probabilities with paired intervals, resampling
 * lesions, or patients where they are known.
 * @param original of the pictures as they are
 * @throws LesionlabError kind `usage` where arrays don't fit; kind `run` where probabilities are none
 */
export function compareChanged(
  original: AnyPredictions,
  changed: readonly ChangedProbabilities[],
  options: CompareChangedOptions = {},
): ShortcutComparison[] {
  const whole = toPredictions(original);
  return changed.map(({ change, rows, probabilities }) => {
    requireOneOf('change', change, changeIds);
    requireSome(`rows of ${change}`, rows, 'picture');
    const before = takeRows(whole, rows);
    const { classes, imageIds, lesionIds: groups, clusterIds: patients, labels } = before;
    const after = toPredictions({ classes, imageIds, groups, patients, labels, probabilities });
    return { change, withoutRoom: whole.labels.length - rows.length, ...compareOne(before, after, options) };
  });
}

function compareOne(
  before: Predictions,
  after: Predictions,
  options: CompareChangedOptions,
): Omit<ShortcutComparison, 'change' | 'withoutRoom'> {
  const sides = [scoreImages(before), scoreImages(after)] as const;
  const answers = sides[0].predicted;
  const size = sides[0].classes;
  const mean =
    (read: (side: (typeof sides)[number], image: number) => number): Metric =>
    ({ weights, scored }) => {
      let [sum, total] = [0, 0];
      for (let i = 0; i < weights.length; i++) {
        sum += weights[i] * read(scored, i);
        total += weights[i];
      }
      return sum / total;
    };
  const columns: Record<string, Metric> = {
    balancedAccuracy,
    macroAuroc,
    same: mean(({ predicted }, i) => (predicted[i] === answers[i] ? 1 : 0)),
    answer: mean(({ probabilities }, i) => probabilities[i * size + answers[i]]),
  };
  for (let k = 0; k < size; k++) {
    columns[`probability ${k}`] = mean(({ probabilities }, i) => probabilities[i * size + k]);
    columns[`recall ${k}`] = (images) => recall(images, k);
    columns[`auroc ${k}`] = (images) => classAuroc(images, k);
  }
  const found = pairedDifferences(sides, columns, options);
  return {
    images: sides[0].images,
    lesions: sides[0].lesions,
    balancedAccuracy: beforeAndAfter(found.balancedAccuracy),
    macroAuroc: beforeAndAfter(found.macroAuroc),
    sameAnswer: { share: found.same.second, interval: found.same.intervals.second },
    answerProbability: beforeAndAfter(found.answer),
    classes: before.classes.map(({ id, name }, k) => ({
      dx: id,
      name,
      support: before.labels.reduce((count, label) => count + (label === k ? 1 : 0), 0),
      probability: beforeAndAfter(found[`probability ${k}`]),
      recall: beforeAndAfter(found[`recall ${k}`]),
      auroc: beforeAndAfter(found[`auroc ${k}`]),
    })),
  };
}

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);

const beforeAndAfter = ({ first, second, difference, interval, intervals }: PairedDifference): BeforeAndAfter => ({
  before: orNull(first),
  after: orNull(second),
  difference: orNull(difference),
  interval,
  afterInterval: intervals.second,
});
