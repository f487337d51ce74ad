import { requireInteger, requireLength } from '../../checks.js';

/** The most probable class of each row, the first of equals. @param probabilities [N, K] row by row @returns [N] */
export function mostProbable(probabilities: ArrayLike<number>, classes: number): Int32Array {
  requireInteger('classes', classes, { min: 1 });
  requireLength('probabilities', probabilities, classes * Math.floor(probabilities.length / classes), 'whole rows');
  const winners = new Int32Array(probabilities.length / classes);
  for (let i = 0; i < winners.length; i++) {
    let best = 0;
    for (let k = 1; k < classes; k++) {
      if (probabilities[i * classes + k] > probabilities[i * classes + best]) best = k;
    }
    winners[i] = best;
  }
  return winners;
}
