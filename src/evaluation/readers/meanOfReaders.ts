import { tBound, tTails } from '../distributions/studentT.js';
import type { Interval } from '../metrics/intervals.js';

/** What would be drawn anew if the study were done again. */
export type RandomFactors = 'readers-and-cases' | 'cases' | 'readers';

/** A mean over readers, or a difference of such, with what is known of its error. */
export interface ReaderMean {
  readonly value: number;
  /** Null where nothing varies. */
  readonly standardError: number | null;
  /** Null where the error is the normal distribution's. */
  readonly degreesOfFreedom: number | null;
  readonly interval: Interval;
}

/** A difference with its test against no difference. */
export interface ReaderDifference extends ReaderMean {
  /** Two-sided; null where nothing varies. */
  readonly pValue: number | null;
  /**
   * The same with fewer degrees of freedom: those of Hillis come out too many by chance where the readers of a small sample happen to be alike, so that with three
   * readers his intervals miss the truth in up to 7.5% of studies. Null where the error is the normal distribution's.
   */
  readonly guarded: Pick<ReaderDifference, 'degreesOfFreedom' | 'interval' | 'pValue'> | null;
}

/** Variance of a mean over readers, and the degrees of freedom behind it. */
export interface MeanVariance {
  readonly variance: number;
  /** Infinite: the normal distribution. */
  readonly freedom: number;
  /** See `ReaderDifference.guarded`. */
  readonly guardedFreedom: number;
}

/**
 * Variance of the mean of one number a reader (a figure of merit, or the difference of two): the readers' own spread, which holds what single
 * readings add, and what all readers' errors have in common because they saw the same images. The second part is held at 0 where its
 * estimate falls below. With r readers, MS their variance and C the mean covariance of two of them: MS / r + max(C, 0) on (MS + r max(C, 0))² /
 * (MS² / (r - 1)) degrees of freedom.
 * Source: S. L. Hillis, A comparison of denominator degrees of freedom methods for multiple observer ROC analysis, Stat Med 26 (2007) 596-619; A marginal-mean
 * ANOVA approach for analyzing multireader multicase radiological imaging data, Stat Med 33 (2014) 330-360.
 * @param values [r] @param covariances [r, r], of the values over images, the readers being who they are
 * @param random `cases`: these very readers and no others; `readers`: these very images
 */
export function meanVariance(
  values: ArrayLike<number>,
  covariances: readonly ArrayLike<number>[],
  random: RandomFactors,
): MeanVariance {
  const readers = values.length;
  let [within, shared] = [0, 0];
  for (let j = 0; j < readers; j++)
    for (let l = 0; l < readers; l++)
      if (j === l) within += covariances[j][l];
      else shared += covariances[j][l];
  if (random === 'cases') return asKnown((within + shared) / readers ** 2);
  const common = random === 'readers' ? 0 : Math.max(shared / (readers * (readers - 1)), 0);
  return addVariances(sampleVariance(values) / readers, common, readers - 1);
}

/** A variance with the normal distribution's error. */
export const asKnown = (variance: number): MeanVariance => ({
  variance,
  freedom: Number.POSITIVE_INFINITY,
  guardedFreedom: Number.POSITIVE_INFINITY,
});

/** Variance that is estimated from a spread on some degrees of freedom, and variance that is taken as known. */
export function addVariances(spread: number, known: number, freedom: number): MeanVariance {
  return {
    variance: spread + known,
    freedom: satterthwaite(spread, known, freedom),
    guardedFreedom: satterthwaite(spread * (1 + guard / freedom), known, freedom),
  };
}

/** Chosen by simulation, so that tests of 5% with three readers find at most 6% differences that aren't there, whatever share of the error is theirs (docs/reader-studies.md). */
const guard = 3;

/** Degrees of freedom of a mean square with an amount added to it that is taken as known. */
export const satterthwaite = (meanSquare: number, added: number, freedom: number): number =>
  meanSquare > 0 ? (meanSquare + added) ** 2 / (meanSquare ** 2 / freedom) : Number.POSITIVE_INFINITY;

/** A mean in the form in which it is reported. @param bounds where the interval ends, whatever the error */
export function describeMean(
  value: number,
  { variance, freedom }: Pick<MeanVariance, 'variance' | 'freedom'>,
  level: number,
  bounds: readonly [number, number] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
): ReaderMean {
  if (!(variance > 0)) return { value, standardError: null, degreesOfFreedom: null, interval: null };
  const standardError = Math.sqrt(variance);
  const half = tBound(level, freedom) * standardError;
  return {
    value,
    standardError,
    degreesOfFreedom: Number.isFinite(freedom) ? freedom : null,
    interval: [Math.max(value - half, bounds[0]), Math.min(value + half, bounds[1])],
  };
}

/** A difference in the form in which it is reported. */
export function describeDifference(value: number, error: MeanVariance, level: number): ReaderDifference {
  const tested = (freedom: number) => {
    const mean = describeMean(value, { variance: error.variance, freedom }, level);
    return { ...mean, pValue: mean.standardError === null ? null : tTails(value / mean.standardError, freedom) };
  };
  const { degreesOfFreedom, interval, pValue } = tested(error.guardedFreedom);
  return {
    ...tested(error.freedom),
    guarded: degreesOfFreedom === null ? null : { degreesOfFreedom, interval, pValue },
  };
}

/** Mean of some numbers. */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** Variance of some numbers, with one less than there are as divisor. */
export function sampleVariance(values: ArrayLike<number>): number {
  const mean = meanOf(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] - mean) ** 2;
  return sum / (values.length - 1);
}
