import { requireNumber } from '../../checks.js';
import { countTruths, type ScoredQuestion, sweep } from './binaryQuestion.js';

/** What a threshold is to reach where it is chosen. */
export interface ThresholdTarget {
  readonly reach: 'sensitivity' | 'specificity';
  /** At least, [0, 1]. */
  readonly value: number;
}

/** What calling yes from a threshold on leads to; NaN where one answer has no images. */
export interface ThresholdResult {
  readonly sensitivity: number;
  readonly specificity: number;
}

/** Above every probability: nothing is called yes. */
export const nothingCalled = 2;

/**
 * The threshold that reaches a specificity with as much sensitivity as can be had, or a sensitivity with as much specificity. Only thresholds
 * that the images offer.
 * @param weights [N], how often each image counts
 * @returns in [0, 1], or `nothingCalled`; NaN where one answer has no images
 * @throws LesionlabError kind `usage` for a share out of [0, 1]
 */
export function chooseThreshold(
  question: ScoredQuestion,
  weights: ArrayLike<number>,
  { reach, value }: ThresholdTarget,
): number {
  requireNumber(reach, value, { min: 0, max: 1 });
  const [positives, negatives] = countTruths(question, weights);
  if (positives === 0 || negatives === 0) return Number.NaN;
  // Shares of counts: 0.9 of 10 must not fail by a rounding error.
  const allowed = (1 - value) * negatives * (1 + 1e-12);
  const needed = value * positives * (1 - 1e-12);
  let chosen = Number.NaN;
  sweep(question, weights, ({ threshold, truePositives, falsePositives }) => {
    const offered = Number.isFinite(threshold) ? threshold : nothingCalled;
    if (reach === 'specificity' ? falsePositives <= allowed : Number.isNaN(chosen) && truePositives >= needed)
      chosen = offered;
  });
  return chosen;
}

/** Sensitivity and specificity of calling yes from a threshold on. @param weights [N], how often each image counts */
export function resultAt(
  { scores, truths }: ScoredQuestion,
  weights: ArrayLike<number>,
  threshold: number,
): ThresholdResult {
  return resultOf(truths, weights, (i) => scores[i] >= threshold);
}

/** Sensitivity and specificity of any way of calling yes. @param truths [N], 1 where yes is true @param weights [N] */
export function resultOf(
  truths: ArrayLike<number>,
  weights: ArrayLike<number>,
  isCalled: (image: number) => boolean,
): ThresholdResult {
  let [found, positives, spared, negatives] = [0, 0, 0, 0];
  for (let i = 0; i < truths.length; i++) {
    if (truths[i] === 1) {
      positives += weights[i];
      if (isCalled(i)) found += weights[i];
    } else {
      negatives += weights[i];
      if (!isCalled(i)) spared += weights[i];
    }
  }
  return { sensitivity: found / positives, specificity: spared / negatives };
}
