import { requireInteger, requireLength, requireNumber } from '../../checks.js';
import { Random } from '../../random.js';
import { type Interval, orNoInterval, percentileInterval, resampleClusters } from './intervals.js';
import { numberGroups } from './scoredImages.js';

/** A mean over images, and how far chance may have moved it. */
export interface MeanWithInterval {
  /** Null where no image has a number. */
  readonly mean: number | null;
  readonly interval: Interval;
}

/** How the interval is made. */
export interface MeanIntervalOptions {
  /** Default 0. */
  readonly seed?: number;
  /** From 1. Default 2,000. */
  readonly resamples?: number;
  /** Share of the resamples inside the interval, (0, 1). Default 0.95. */
  readonly level?: number;
}

/**
 * The mean of one number an image, with a percentile interval from a bootstrap clustered by lesion (see `bootstrapIntervals`).
 * @param values [N], NaN where an image has none @param lesionIds [N] @returns no interval where all resamples agree, as with a single lesion
 * @throws LesionlabError kind `usage` where lengths don't fit, or for a level or a number of resamples that is none
 */
export function meanWithInterval(
  values: ArrayLike<number>,
  lesionIds: readonly string[],
  { seed = 0, resamples = 2000, level = 0.95 }: MeanIntervalOptions = {},
): MeanWithInterval {
  const images = values.length;
  requireLength('lesionIds', lesionIds, images, `one for each of ${images} values`);
  requireInteger('resamples', resamples, { min: 1 });
  requireNumber('level', level, { above: 0, below: 1 });
  const mean = weightedMean(values, () => 1);
  if (Number.isNaN(mean)) return { mean: null, interval: null };
  const { groups: clusters, groupOf: clusterOf } = numberGroups(lesionIds);
  const random = new Random(seed, 'bootstrap');
  const means = Float64Array.from({ length: resamples }, () => {
    const weights = resampleClusters({ images, clusters, clusterOf }, random);
    return weightedMean(values, (i) => weights[i]);
  });
  return { mean, interval: orNoInterval(percentileInterval(means, level)) };
}

function weightedMean(values: ArrayLike<number>, weightOf: (image: number) => number): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) continue;
    sum += weightOf(i) * values[i];
    total += weightOf(i);
  }
  return sum / total;
}
