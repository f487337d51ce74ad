import { requireInteger, requireLength, requireNumber } from '../../checks.js';
import { runError } from '../../errors.js';
import { requireAnswers } from '../metrics/scoredImages.js';
import { type AnyPredictions, toPredictions } from '../predictions/predictions.js';

/** A probability of 0 has no logarithm; scikit-learn's log_loss clips doubles likewise. */
const smallestProbability = 2 ** -52;
/** Temperatures beyond these mean that validation can't tell: all answers right and certain, or all alike. */
const range = [0.05, 20] as const;
const iterations = 200;

/** What one number does to probabilities. */
export interface TemperatureFit {
  /** Above 1: the network is surer than it is right, and its probabilities are flattened. */
  readonly temperature: number;
  /** Mean negative log-likelihood (nats) of the images that it was fitted on, before and after. */
  readonly lossBefore: number;
  readonly lossAfter: number;
  readonly images: number;
}

/**
 * Probabilities with another temperature: p ** (1 / T), divided by their sum; for a softmax that is softmax(logits / T). The order
 * of the classes stays, so that no answer changes.
 * @param probabilities [N, K] row by row @param temperature above 0 @returns [N, K]
 * @throws LesionlabError kind `usage` where it isn't, or rows are not whole
 */
export function scaleTemperature(probabilities: ArrayLike<number>, classes: number, temperature: number): Float32Array {
  requireNumber('temperature', temperature, { above: 0 });
  requireInteger('classes', classes, { min: 1 });
  requireLength('probabilities', probabilities, classes * Math.floor(probabilities.length / classes), 'whole rows');
  const scaled = new Float32Array(probabilities.length);
  const row = new Float64Array(classes);
  for (let first = 0; first < probabilities.length; first += classes) {
    let highest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < classes; k++) {
      row[k] = Math.log(Math.max(probabilities[first + k], smallestProbability)) / temperature;
      highest = Math.max(highest, row[k]);
    }
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      row[k] = Math.exp(row[k] - highest);
      sum += row[k];
    }
    for (let k = 0; k < classes; k++) scaled[first + k] = row[k] / sum;
  }
  return scaled;
}

/** Mean negative log-likelihood (nats) of the labels at a temperature. @param logs [N, K], logarithms of probabilities */
function lossAt(logs: Float64Array, labels: ArrayLike<number>, classes: number, temperature: number): number {
  let loss = 0;
  for (let i = 0; i < labels.length; i++) {
    const first = i * classes;
    let highest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < classes; k++) highest = Math.max(highest, logs[first + k]);
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += Math.exp((logs[first + k] - highest) / temperature);
    loss += Math.log(sum) - (logs[first + labels[i]] - highest) / temperature;
  }
  return loss / labels.length;
}

/**
 * The temperature under which the labels are most likely (Guo et al. 2017, section 4.2). The loss is convex in 1 / T, so that a
 * search by golden sections finds its minimum.
 * @throws LesionlabError kind `run` where there are no images, or a network's predictions are no probabilities
 */
export function fitTemperature(given: AnyPredictions): TemperatureFit {
  const predictions = toPredictions(given);
  const { classes, labels, probabilities } = predictions;
  if (labels.length === 0)
    throw runError('no-predictions', 'A temperature is fitted on validation images, and there are none.');
  requireAnswers(predictions);
  const logs = Float64Array.from(probabilities, (p) => Math.log(Math.max(p, smallestProbability)));
  const at = (inverse: number) => lossAt(logs, labels, classes.length, 1 / inverse);
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [1 / range[1], 1 / range[0]];
  let [left, right] = [high - golden * (high - low), low + golden * (high - low)];
  let [lossLeft, lossRight] = [at(left), at(right)];
  for (let i = 0; i < iterations && high - low > 1e-9; i++) {
    if (lossLeft <= lossRight) {
      [high, right, lossRight] = [right, left, lossLeft];
      left = high - golden * (high - low);
      lossLeft = at(left);
    } else {
      [low, left, lossLeft] = [left, right, lossRight];
      right = low + golden * (high - low);
      lossRight = at(right);
    }
  }
  const inverse = (low + high) / 2;
  return { temperature: 1 / inverse, lossBefore: at(1), lossAfter: at(inverse), images: labels.length };
}
