import { requireLength, requireNumber, requireNumbers } from '../../checks.js';
import { normalBound, normalTail } from '../distributions/normal.js';
import { tBound, tTails } from '../distributions/studentT.js';

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

/** A difference with its own error. */
export interface EstimatedDifference {
  readonly difference: number;
  /** Above 0. */
  readonly standardError: number;
  /** Of Student's t, above 0. */
  readonly freedom: number;
}

/** One of several differences that were looked at together. */
export interface SimultaneousDifference {
  /** Of the family: that any of the differences is as large by chance. */
  readonly pValue: number;
  /** Of this difference alone. */
  readonly alone: number;
  /** Holds together with those of the others. */
  readonly interval: readonly [low: number, high: number];
}

/**
 * Two-sided p-values and intervals of several differences at once by the largest one in each resample (single-step max-T, Westfall and Young 1993): what they have in
 * common is counted. Resamples tell that alone; how far chance moves one of them, its own standard error and Student's t say, at the level that the largest one
 * leaves to each.
 * @param differences [M] @param resampled [M][R], the same in resamples, NaN where undefined @param level of the intervals together, (0, 1)
 * @throws LesionlabError kind `usage` where lengths don't fit
 */
export function maxT(
  differences: readonly EstimatedDifference[],
  resampled: readonly Float64Array[],
  level = 0.95,
): SimultaneousDifference[] {
  requireLength('resampled', resampled, differences.length, 'one for each difference');
  requireNumber('level', level, { above: 0, below: 1 });
  const largest = largestOf(resampled);
  const rank = Math.ceil(level * (largest.length + 1));
  // Too few resamples to tell: Bonferroni's level.
  const each = rank <= largest.length ? 1 - 2 * normalTail(largest[rank - 1]) : 1 - (1 - level) / differences.length;
  return differences.map(({ difference, standardError, freedom }) => {
    const half = tBound(each, freedom) * standardError;
    const alone = tTails(difference / standardError, freedom);
    const z = normalBound(1 - alone);
    const above = largest.filter((other) => other >= z).length;
    return {
      // What was observed is one of the ways it could have come out; no family is less likely than one of its members.
      pValue: Math.max((above + 1) / (largest.length + 1), alone),
      alone,
      interval: [difference - half, difference + half],
    };
  });
}

/** The largest of all differences in each resample, in standard deviations over resamples, in ascending order. */
function largestOf(resampled: readonly Float64Array[]): number[] {
  const spreads = resampled.map((values) => ({ values, mean: meanOf(values), deviation: standardDeviation(values) }));
  const varying = spreads.filter(({ deviation }) => deviation > 1e-12);
  const largest: number[] = [];
  for (let r = 0; r < (resampled[0]?.length ?? 0); r++) {
    const found = varying.map(({ values, mean, deviation }) => Math.abs(values[r] - mean) / deviation);
    const highest = found.reduce((most, t) => (t > most ? t : most), Number.NEGATIVE_INFINITY);
    if (highest > Number.NEGATIVE_INFINITY) largest.push(highest);
  }
  return largest.sort((a, b) => a - b);
}

function meanOf(values: ArrayLike<number>): number {
  const known = Array.from(values).filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** Of the numbers among the values, with one less in the divisor. */
export function standardDeviation(values: ArrayLike<number>): number {
  const known = Array.from(values).filter((value) => !Number.isNaN(value));
  if (known.length < 2) return Number.NaN;
  const mean = meanOf(known);
  return Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (known.length - 1));
}
