import type { ClassInfo } from '../../data/dataset.js';
import { Random } from '../../random.js';
import {
  type BinaryCalibration,
  binaryCalibration,
  type CalibrationPoint,
  smoothCalibration,
} from '../metrics/binaryCalibration.js';
import { binaryQuestions, scoreQuestion } from '../metrics/binaryQuestion.js';
import { type Interval, orNoInterval, percentileInterval, resampleClusters } from '../metrics/intervals.js';
import { type ScoredImages, scoreImages } from '../metrics/scoredImages.js';
import type { Predictions } from '../predictions/predictions.js';

type Numbers = { readonly [name in keyof BinaryCalibration]: number | null };
type Intervals = { readonly [name in keyof BinaryCalibration]: Interval };

/** Whether the probability of yes can be taken at its word. */
export interface QuestionCalibration extends Numbers {
  readonly id: string;
  readonly title: string;
  /** Of probabilities after scaling by the fitted temperature, or as they were given. */
  readonly scaled: boolean;
  readonly intervals: Intervals | null;
  /** With intervals, each of its own place. */
  readonly curve: readonly CalibrationPoint[];
  /** Images by their probability, in ten parts of [0, 1]: those for which yes is true, and all. */
  readonly histogram: { readonly yes: readonly number[]; readonly all: readonly number[] };
  /** The same numbers with both answers weighted to a stated prevalence; null where none is stated. */
  readonly stated: (Numbers & { readonly prevalence: number }) | null;
}

/** How intervals are made, and which prevalence is stated. */
export interface QuestionCalibrationOptions {
  readonly scaled: boolean;
  readonly prevalence?: number;
  readonly seed: number;
  readonly resamples: number;
  readonly level: number;
}

const names = ['intercept', 'slope', 'observedOverExpected'] as const;

/** Calibration of every question that the classes allow. */
export function judgeCalibration(
  predictions: Predictions,
  classes: readonly ClassInfo[],
  options: QuestionCalibrationOptions,
): QuestionCalibration[] {
  const scored = scoreImages(predictions);
  return binaryQuestions(classes).map((question) => {
    const { scores, truths } = scoreQuestion(scored, classes, question);
    // Sums of probabilities may be above 1 by a rounding error.
    const probabilities = scores.map((p) => Math.min(p, 1));
    const positives = truths.reduce((sum, truth) => sum + truth, 0);
    const share = positives / scored.images;
    const { prevalence } = options;
    const weights =
      prevalence === undefined || share === 0 || share === 1
        ? null
        : Float64Array.from(truths, (truth) => (truth === 1 ? prevalence / share : (1 - prevalence) / (1 - share)));
    return {
      id: question.id,
      title: question.title,
      scaled: options.scaled,
      ...toNumbers(binaryCalibration(probabilities, truths)),
      intervals: options.resamples > 0 ? resample(scored, probabilities, truths, options) : null,
      curve: smoothCalibration(probabilities, truths, {
        band: { clusterOf: scored.clusterOf, level: options.level },
      }).filter(({ observed }) => Number.isFinite(observed)),
      histogram: countByProbability(probabilities, truths),
      stated: weights && { prevalence: prevalence!, ...toNumbers(binaryCalibration(probabilities, truths, weights)) },
    };
  });
}

function countByProbability(probabilities: Float64Array, truths: Uint8Array): QuestionCalibration['histogram'] {
  const [yes, all] = [new Array<number>(10).fill(0), new Array<number>(10).fill(0)];
  for (const [i, p] of probabilities.entries()) {
    const part = Math.min(9, Math.floor(10 * p));
    all[part] += 1;
    yes[part] += truths[i];
  }
  return { yes, all };
}

function resample(
  scored: ScoredImages,
  probabilities: Float64Array,
  truths: Uint8Array,
  { seed, resamples, level }: QuestionCalibrationOptions,
): Intervals {
  const random = new Random(seed, 'calibration of questions');
  const values = names.map(() => new Float64Array(resamples));
  for (let r = 0; r < resamples; r++) {
    const found = binaryCalibration(probabilities, truths, resampleClusters(scored, random));
    for (const [n, name] of names.entries()) values[n][r] = found[name];
  }
  const intervals = values.map((own) => orNoInterval(percentileInterval(own, level)));
  return { intercept: intervals[0], slope: intervals[1], observedOverExpected: intervals[2] };
}

const toNumbers = ({ intercept, slope, observedOverExpected }: BinaryCalibration): Numbers => ({
  intercept: orNull(intercept),
  slope: orNull(slope),
  observedOverExpected: orNull(observedOverExpected),
});

const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);
