import { Random } from '../../random.js';
import type { ClassMetric, Metric } from './metrics.js';
import { type ScoredImages, WeightedImages } from './scoredImages.js';
import { wilsonInterval } from './wilsonInterval.js';

/** A class with fewer lesions than this gets a note beside its intervals. */
export const fewLesions = 10;

/** Lower and upper bound; null where resampling can't tell. */
export type Interval = readonly [low: number, high: number] | null;

export interface BootstrapOptions<M extends string, C extends string> {
  readonly metrics: Readonly<Record<M, Metric>>;
  readonly classMetrics: Readonly<Record<C, ClassMetric>>;
  readonly seed: number;
  readonly resamples: number;
  /** Share of the resamples inside the interval, for example 0.95. */
  readonly level: number;
}

export interface BootstrapIntervals<M extends string, C extends string> {
  readonly metrics: Record<M, Interval>;
  /** One record for each class. */
  readonly classMetrics: Record<C, Interval>[];
}

/**
 * Percentile intervals from a bootstrap clustered by lesion: lesions are drawn with replacement, each with all its
 * images, because images of one lesion are not independent (Field and Welsh 2007). Resamples in which a metric is
 * undefined (a class was not drawn) are left out of its interval; where they are the majority there is none.
 */
export function bootstrapIntervals<M extends string, C extends string>(
  scored: ScoredImages,
  { metrics, classMetrics, seed, resamples, level }: BootstrapOptions<M, C>,
): BootstrapIntervals<M, C> {
  const names = Object.keys(metrics) as M[];
  const classNames = Object.keys(classMetrics) as C[];
  const ofClasses = Array.from({ length: scored.classes }, (_, k) =>
    classNames.map(
      (name): Metric =>
        (images) =>
          classMetrics[name](images, k),
    ),
  );
  const all = [...names.map((name): Metric => metrics[name]), ...ofClasses.flat()];
  const values = resampleMetrics(scored, all, resamples, new Random(seed, 'bootstrap'));
  const found = values.map((own) => percentileInterval(own, level));
  const collect = <N extends string>(keys: readonly N[], offset: number) =>
    Object.fromEntries(keys.map((key, i) => [key, found[offset + i]])) as Record<N, Interval>;
  return {
    metrics: collect(names, 0),
    classMetrics: Array.from({ length: scored.classes }, (_, k) =>
      collect(classNames, names.length + k * classNames.length),
    ),
  };
}

/**
 * Values of metrics in resamples of the lesions. The same random stream draws the same lesions for other predictions of the same images,
 * which pairs their values.
 * @returns one array of `resamples` numbers for each metric
 */
export function resampleMetrics(
  scored: ScoredImages,
  metrics: readonly Metric[],
  resamples: number,
  random: Random,
): Float64Array[] {
  const values = metrics.map(() => new Float64Array(resamples));
  for (let r = 0; r < resamples; r++) {
    const images = new WeightedImages(scored, resampleLesions(scored, random));
    for (const [m, metric] of metrics.entries()) values[m][r] = metric(images);
  }
  return values;
}

/**
 * Draws as many lesions as there are, with replacement.
 * @returns [N], how often each image was drawn
 */
export function resampleLesions({ images, lesions, lesionOf }: ScoredImages, random: Random): Float64Array {
  const drawn = new Int32Array(lesions);
  for (let draw = 0; draw < lesions; draw++) drawn[random.integer(lesions)]++;
  const weights = new Float64Array(images);
  for (let i = 0; i < images; i++) weights[i] = drawn[lesionOf[i]];
  return weights;
}

/**
 * The middle `level` of the values, interpolating linearly between neighbours (as NumPy's percentile does); NaN is left out.
 * @returns null where fewer than half of the values are numbers
 */
export function percentileInterval(values: Float64Array, level: number): Interval {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  if (sorted.length === 0 || sorted.length * 2 < values.length) return null;
  return [quantile(sorted, (1 - level) / 2), quantile(sorted, (1 + level) / 2)];
}

function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

/** Resamples that all give the same number would look like certainty. */
export function orNoInterval(interval: Interval): Interval {
  return interval && interval[0] < interval[1] ? interval : null;
}

/** The interval of a share; by Wilson's formula where all resamples gave 0 or all gave 1. @param lesions behind the share */
export function shareInterval(interval: Interval, lesions: number): Interval {
  if (!interval || interval[0] < interval[1]) return interval;
  const [share] = interval;
  return (share === 0 || share === 1) && lesions > 0 ? wilsonInterval(share, lesions) : null;
}
