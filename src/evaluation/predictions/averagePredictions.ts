import { requireLength, requireShares, requireSome } from '../../checks.js';
import { floatsLike, type Predictions } from './predictions.js';

/**
 * Weighted mean of several networks' probabilities, image by image.
 * @param parts of the same images in the same order @param weights one a part; they sum to 1
 * @throws LesionlabError kind `usage` where they don't, or parts are of different lengths
 */
export function averagePredictions(parts: readonly Predictions[], weights: readonly number[]): Predictions {
  const probabilities = averageProbabilities(
    parts.map((part) => part.probabilities),
    weights,
  );
  return { ...parts[0], probabilities };
}

/** @param parts [N * K] each @param weights one a part; they sum to 1 @returns [N * K] @throws as `averagePredictions` */
export function averageProbabilities<T extends Predictions['probabilities']>(
  parts: readonly T[],
  weights: readonly number[],
): T {
  requireSome('parts', parts, 'part');
  requireShares('weights', weights, parts.length);
  for (const [m, part] of parts.entries()) requireLength(`parts[${m}]`, part, parts[0].length, 'as the first has');
  const sums = new Float64Array(parts[0].length);
  for (const [m, part] of parts.entries()) {
    for (let i = 0; i < sums.length; i++) sums[i] += weights[m] * part[i];
  }
  const mean = floatsLike(parts[0], sums.length);
  mean.set(sums);
  return mean as T;
}
