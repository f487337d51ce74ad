import { requireLength, requireNumbers } from '../../checks.js';

/**
 * Holm's adjusted p-values: those that stay below alpha are significant together at alpha.
 * Source: S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6 (1979) 65-70.
 * @param pValues [M], each in [0, 1] @returns [M], in the same order
 * @throws LesionlabError kind `usage` where one is none
 */
export function holm(pValues: readonly number[]): number[] {
  requireNumbers('pValues', pValues, { min: 0, max: 1 });
  const order = [...pValues.keys()].sort((a, b) => pValues[a] - pValues[b]);
  const adjusted = new Array<number>(pValues.length);
  let highest = 0;
  for (const [rank, i] of order.entries()) {
    highest = Math.max(highest, Math.min(1, (pValues.length - rank) * pValues[i]));
    adjusted[i] = highest;
  }
  return adjusted;
}

/** Differences that were looked at together. */
export interface SimultaneousDifference {
  /** Standard error, of the resamples; NaN where they tell none. */
  readonly standardError: number;
  /** Of the family: that any of the differences is as large by chance. NaN without a standard error. */
  readonly pValue: number;
  /** Holds together with those of the others. NaN without a standard error. */
  readonly interval: readonly [low: number, high: number];
}

/**
 * Two-sided p-values and intervals of several differences at once by the largest studentised one in each resample (single-step max-T,
 * Westfall and Young 1993): what they have in common is counted.
 * @param differences [M] @param resampled [M][R], the same in resamples, NaN where undefined @param level of the intervals together
 */
export function maxT(
  differences: readonly number[],
  resampled: readonly Float64Array[],
  level = 0.95,
): SimultaneousDifference[] {
  requireLength('resampled', resampled, differences.length, 'one for each difference');
  const errors = resampled.map(standardDeviation);
  const resamples = resampled[0]?.length ?? 0;
  const largest: number[] = [];
  for (let r = 0; r < resamples; r++) {
    const found = differences.map((d, m) => (errors[m] > 0 ? Math.abs(resampled[m][r] - d) / errors[m] : Number.NaN));
    const highest = found.reduce((most, t) => (t > most ? t : most), Number.NEGATIVE_INFINITY);
    if (highest > Number.NEGATIVE_INFINITY) largest.push(highest);
  }
  largest.sort((a, b) => a - b);
  const bound =
    largest.length > 0 ? largest[Math.min(largest.length - 1, Math.ceil(level * largest.length) - 1)] : Number.NaN;
  return differences.map((d, m) => {
    const error = errors[m];
    if (!(error > 0) || Number.isNaN(d))
      return { standardError: Number.NaN, pValue: Number.NaN, interval: [Number.NaN, Number.NaN] };
    const t = Math.abs(d) / error;
    const above = largest.filter((other) => other >= t).length;
    // What was observed is one of the ways it could have come out.
    return {
      standardError: error,
      pValue: (above + 1) / (largest.length + 1),
      interval: [d - bound * error, d + bound * error],
    };
  });
}

/** Of the numbers among the values, with one less in the divisor. */
export function standardDeviation(values: ArrayLike<number>): number {
  const known = Array.from(values).filter((value) => !Number.isNaN(value));
  if (known.length < 2) return Number.NaN;
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  return Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (known.length - 1));
}
