import { requireInteger, requireNumber } from '../../checks.js';
import { Random } from '../../random.js';
import type { AnyPredictions } from '../predictions/predictions.js';
import type { ClassMetric, Metric } from './metrics.js';
import { type ScoredImages, toScored, WeightedImages } from './scoredImages.js';
import { wilsonInterval } from './wilsonInterval.js';

/** A class with fewer lesions than this gets a note beside its intervals. */
export const fewLesions = 10;

/** Lower and upper bound; null where resampling can't tell. */
export type Interval = readonly [low: number, high: number] | null;

/** How intervals are made: by which metrics, how many resamples, and drawn by what. */
export interface BootstrapOptions<M extends string, C extends string> {
  readonly metrics: Readonly<Record<M, Metric>>;
  /** Default none. */
  readonly classMetrics?: Readonly<Record<C, ClassMetric>>;
  /** Default 0. */
  readonly seed?: number;
  /** From 1. Default 2,000. */
  readonly resamples?: number;
  /** Share of the resamples inside the interval, (0, 1). Default 0.95. */
  readonly level?: number;
}

/** Intervals by the names of the metrics that were asked for. */
export interface BootstrapIntervals<M extends string, C extends string> {
  readonly metrics: Record<M, Interval>;
  /** One record for each class. */
  readonly classMetrics: Record<C, Interval>[];
}

/**
 * Percentile intervals from a bootstrap clustered by lesion, or by patient where `clusterIds` says so: they are drawn with replacement, each with all its
 * images, because images of one lesion are not independent (Field and Welsh 2007). Resamples in which a metric is
 * undefined (a class was not drawn) are left out of its interval; where they are the majority there is none.
 * @throws LesionlabError kind `usage` for a level or a number of resamples that is none
 */
export function bootstrapIntervals<M extends string, C extends string = never>(
  images: ScoredImages | AnyPredictions,
  options: BootstrapOptions<M, C>,
): BootstrapIntervals<M, C> {
  const { metrics, seed = 0, resamples = 2000, level = 0.95 } = options;
  const classMetrics = options.classMetrics ?? ({} as Record<C, ClassMetric>);
  requireInteger('resamples', resamples, { min: 1 });
  requireNumber('level', level, { above: 0, below: 1 });
  const scored = toScored(images);
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
  requireInteger('resamples', resamples, { min: 0 });
  const values = metrics.map(() => new Float64Array(resamples));
  for (let r = 0; r < resamples; r++) {
    const images = new WeightedImages(scored, resampleClusters(scored, random));
    for (const [m, metric] of metrics.entries()) values[m][r] = metric(images);
  }
  return values;
}

/**
 * Draws as many clusters (lesions, or patients where they are known) as there are, with replacement.
 * @returns [N], how often each image was drawn
 */
export function resampleClusters(
  { images, clusters, clusterOf }: Pick<ScoredImages, 'images' | 'clusters' | 'clusterOf'>,
  random: Random,
): Float64Array {
  const drawn = new Int32Array(clusters);
  for (let draw = 0; draw < clusters; draw++) drawn[random.integer(clusters)]++;
  const weights = new Float64Array(images);
  for (let i = 0; i < images; i++) weights[i] = drawn[clusterOf[i]];
  return weights;
}

/**
 * The middle `level` of the values, interpolating linearly between neighbours (as NumPy's percentile does); NaN is left out.
 * @returns null where fewer than half of the values are numbers
 */
export function percentileInterval(values: Float64Array, level: number): Interval {
  requireNumber('level', level, { above: 0, below: 1 });
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

/** The interval of a share; by Wilson's formula where all resamples gave 0 or all gave 1. @param lesions behind the share @param level of both */
export function shareInterval(interval: Interval, lesions: number, level = 0.95): Interval {
  if (!interval || interval[0] < interval[1]) return interval;
  const [share] = interval;
  return (share === 0 || share === 1) && lesions > 0 ? wilsonInterval(share, lesions, level) : null;
}
