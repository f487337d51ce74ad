import { requireInteger, requireLength, requireNumbers } from '../../checks.js';
import type { Predictions } from '../predictions/predictions.js';

/** What probabilities are multiplied by, class by class, so that they are those of the images that were looked at. */
export interface PriorShift {
  /** [K], above 0; their logarithms have mean 0 over the classes that were seen. */
  readonly factors: readonly number[];
  /** Mean negative log-likelihood (nats) of the images that they were fitted on, before and after. */
  readonly lossBefore: number;
  readonly lossAfter: number;
}

const iterations = 500;

/** Probabilities multiplied by a factor a class and scaled to 1 again. @param probabilities [N, K] @returns [N, K] @throws LesionlabError kind `usage` for other factors than one a class, above 0 */
export function shiftPriors(probabilities: ArrayLike<number>, factors: readonly number[]): Float32Array {
  const classes = factors.length;
  requireInteger('factors.length', classes, { min: 1 });
  requireNumbers('factors', factors, { above: 0 });
  requireLength('probabilities', probabilities, classes * Math.floor(probabilities.length / classes), 'whole rows');
  const shifted = new Float32Array(probabilities.length);
  for (let first = 0; first < shifted.length; first += classes) {
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += probabilities[first + k] * factors[k];
    for (let k = 0; k < classes; k++) shifted[first + k] = sum > 0 ? (probabilities[first + k] * factors[k]) / sum : 0;
  }
  return shifted;
}

/**
 * The factors under which the labels are most likely (the bias terms of Alexandari et al. 2020, "Maximum likelihood with bias-corrected calibration"): a network that was trained as if classes
 * were equally frequent answers for such a population, and these make its probabilities those of the images at hand. The loss is convex in their logarithms; they are found by scaling
 * each until the mean probability of its class is its frequency. A class without images keeps 1.
 */
export function fitPriorShift({ classes, labels, probabilities }: Predictions): PriorShift {
  const K = classes.length;
  const counts = new Array<number>(K).fill(0);
  for (let i = 0; i < labels.length; i++) counts[labels[i]] += 1;
  let factors = new Array<number>(K).fill(1);
  const lossBefore = lossOf(probabilities, labels, factors);
  for (let round = 0; round < iterations; round++) {
    const expected = new Array<number>(K).fill(0);
    for (let i = 0; i < labels.length; i++) {
      let sum = 0;
      for (let k = 0; k < K; k++) sum += probabilities[i * K + k] * factors[k];
      for (let k = 0; k < K; k++) expected[k] += (probabilities[i * K + k] * factors[k]) / sum;
    }
    const steps = counts.map((count, k) => (count === 0 || expected[k] === 0 ? 1 : count / expected[k]));
    factors = factors.map((factor, k) => factor * steps[k]);
    if (steps.every((step) => Math.abs(step - 1) < 1e-9)) break;
  }
  const seen = factors.filter((_, k) => counts[k] > 0);
  const middle = Math.exp(seen.reduce((sum, factor) => sum + Math.log(factor), 0) / seen.length);
  factors = factors.map((factor, k) => (counts[k] > 0 ? factor / middle : 1));
  return { factors, lossBefore, lossAfter: lossOf(probabilities, labels, factors) };
}

function lossOf(probabilities: ArrayLike<number>, labels: ArrayLike<number>, factors: readonly number[]): number {
  const K = factors.length;
  let loss = 0;
  for (let i = 0; i < labels.length; i++) {
    let sum = 0;
    for (let k = 0; k < K; k++) sum += probabilities[i * K + k] * factors[k];
    loss -= Math.log(Math.max((probabilities[i * K + labels[i]] * factors[labels[i]]) / sum, 2 ** -52));
  }
  return loss / labels.length;
}
