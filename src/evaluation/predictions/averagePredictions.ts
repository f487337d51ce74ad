import type { Predictions } from './predictions.js';

/**
 * Weighted mean of several networks' probabilities, image by image.
 * @param parts of the same images in the same order @param weights one a part; they sum to 1
 */
export function averagePredictions(parts: readonly Predictions[], weights: readonly number[]): Predictions {
  const probabilities = averageProbabilities(
    parts.map((part) => part.probabilities),
    weights,
  );
  return { ...parts[0], probabilities };
}

/** @param parts [N * K] each @param weights one a part; they sum to 1 @returns [N * K] */
export function averageProbabilities(parts: readonly Float32Array[], weights: readonly number[]): Float32Array {
  const sums = new Float64Array(parts[0].length);
  for (const [m, part] of parts.entries()) {
    for (let i = 0; i < sums.length; i++) sums[i] += weights[m] * part[i];
  }
  return Float32Array.from(sums);
}
