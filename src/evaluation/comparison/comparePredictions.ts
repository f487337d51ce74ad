import { requireInteger, requireLength } from '../../checks.js';
import { runError } from '../../errors.js';
import { Random } from '../../random.js';
import { type ClusterKind, clusterKind } from '../metrics/clusterKind.js';
import { type Interval, percentileInterval, resampleMetrics } from '../metrics/intervals.js';
import { type Metric, metrics } from '../metrics/metrics.js';
import { type ScoredImages, scoreImages, WeightedImages } from '../metrics/scoredImages.js';
import { type AnyPredictions, type Predictions, toPredictions } from '../predictions/predictions.js';
import { takeRows } from '../predictions/takeRows.js';

/** Names of the metrics that comparisons are about. */
export type ComparedMetric = keyof typeof metrics;

/** One number of two sets of predictions of the same images. */
export interface MetricDifference {
  readonly metric: ComparedMetric;
  readonly first: number;
  readonly second: number;
  /** `second - first`. */
  readonly difference: number;
  /** Of the difference. */
  readonly interval: Interval;
}

/** Whether two classifiers are right equally often on the same images (McNemar 1947). */
export interface McNemarTest {
  /** Images that only the first has right, and only the second. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** Two-sided, exact. It takes images as independent, which images of one lesion are not. */
  readonly pValue: number;
}

/** How two sets of predictions of the same images differ. */
export interface PredictionComparison {
  readonly images: number;
  readonly lesions: number;
  /** What resamples draw: patients where either side knows them, else lesions; left out in what was written before it was known. */
  readonly clusters?: { readonly of: ClusterKind; readonly count: number };
  readonly level: number;
  readonly resamples: number;
  readonly metrics: readonly MetricDifference[];
  readonly mcNemar: McNemarTest;
}

/** How intervals of differences are made. */
export interface ComparePredictionsOptions {
  /** Default 0. */
  readonly seed?: number;
  /** 0 for no intervals. Default 2,000. */
  readonly resamples?: number;
}

const level = 0.95;

/**
 * Compares two sets of predictions of the same images: differences with intervals from a paired bootstrap (each resample draws lesions,
 * or patients where they are known, once for both), and McNemar's test of their answers.
 * @param second may list the images in another order
 * @throws LesionlabError kind `run` where the images, their truths or the classes differ; kind `usage` where lengths don't fit
 */
export function comparePredictions(
  first: AnyPredictions,
  second: AnyPredictions,
  { seed = 0, resamples = 2000 }: ComparePredictionsOptions = {},
): PredictionComparison {
  const [reference, other] = inOneOrder(toPredictions(first), toPredictions(second));
  const sides = [scoreImages(reference), scoreImages(other)] as const;
  const names = Object.keys(metrics) as ComparedMetric[];
  const found = pairedDifferences(sides, metrics, { seed, resamples });
  return {
    images: sides[0].images,
    lesions: sides[0].lesions,
    clusters: { of: clusterKind(reference), count: sides[0].clusters },
    level,
    resamples,
    metrics: names.map((metric) => {
      const { first, second, difference, interval } = found[metric];
      return { metric, first, second, difference, interval };
    }),
    mcNemar: mcNemarTest(sides[0], sides[1]),
  };
}

/** A number of two sides of the same images, with 95% intervals. */
export interface PairedDifference {
  readonly first: number;
  readonly second: number;
  /** `second - first`. */
  readonly difference: number;
  /** Of the difference; null where resampling can't tell. */
  readonly interval: Interval;
  /** Of each side. */
  readonly intervals: { readonly first: Interval; readonly second: Interval };
}

/**
 * Differences of any metrics between two sets of predictions of the same images, from a paired bootstrap: each resample draws lesions (or
 * patients, where `clusterIds` are known) once, for both sides.
 * @param sides the same images in the same order, with the same lesions
 * @throws LesionlabError kind `usage` where the sides differ in length, or `resamples` is no number of them
 */
export function pairedDifferences<M extends string>(
  sides: readonly [first: ScoredImages, second: ScoredImages],
  asked: Readonly<Record<M, Metric>>,
  { seed = 0, resamples = 2000 }: ComparePredictionsOptions = {},
): Record<M, PairedDifference> {
  requireInteger('resamples', resamples, { min: 0 });
  requireLength('labels of the second', sides[1].labels, sides[0].images, 'as the first has');
  const names = Object.keys(asked) as M[];
  const columns = names.map((name) => asked[name]);
  // The same draws for both, since both number the lesions alike.
  const [ofFirst, ofSecond] = sides.map((side) =>
    resampleMetrics(side, columns, resamples, new Random(seed, 'bootstrap')),
  );
  const intervalOf = (values: Float64Array) => (resamples > 0 ? percentileInterval(values, level) : null);
  return Object.fromEntries(
    names.map((name, n): [M, PairedDifference] => {
      const [first, second] = sides.map((side) => asked[name](new WeightedImages(side)));
      const interval = intervalOf(ofSecond[n].map((value, r) => value - ofFirst[n][r]));
      const intervals = { first: intervalOf(ofFirst[n]), second: intervalOf(ofSecond[n]) };
      return [name, { first, second, difference: second - first, interval, intervals }];
    }),
  ) as Record<M, PairedDifference>;
}

/** McNemar's test, exact by the binomial distribution (McNemar 1947). */
export function mcNemarTest(first: ScoredImages, second: ScoredImages): McNemarTest {
  requireLength('labels of the second', second.labels, first.images, 'as the first has');
  let onlyFirst = 0;
  let onlySecond = 0;
  for (let i = 0; i < first.images; i++) {
    const [a, b] = [first, second].map(({ predicted, labels }) => predicted[i] === labels[i]);
    if (a && !b) onlyFirst += 1;
    if (b && !a) onlySecond += 1;
  }
  return { onlyFirst, onlySecond, pValue: exactTwoSided(Math.min(onlyFirst, onlySecond), onlyFirst + onlySecond) };
}

/** P of at most `fewer` or at least `trials - fewer` heads of a fair coin. Sums in logarithms: 2 ** -trials may be too small. */
function exactTwoSided(fewer: number, trials: number): number {
  if (trials === 0) return 1;
  let logTerm = -trials * Math.LN2;
  let sum = Math.exp(logTerm);
  for (let k = 1; k <= fewer; k++) {
    logTerm += Math.log((trials - k + 1) / k);
    sum += Math.exp(logTerm);
  }
  return Math.min(1, 2 * sum);
}

/** The same with classes in another order. @param places of the classes that come first, second, ... */
function inClassOrder(predictions: Predictions, places: readonly number[]): Predictions {
  if (places.every((place, k) => place === k)) return predictions;
  const { classes, labels, probabilities } = predictions;
  const width = classes.length;
  return {
    ...predictions,
    classes: places.map((place) => classes[place]),
    labels: Int32Array.from(labels, (label) => places.indexOf(label)),
    probabilities: probabilities.map((_, i) => probabilities[i - (i % width) + places[i % width]]),
  };
}

/** Both in the order of the first, and with the same lesions and patients, so that the same are drawn for both. */
function inOneOrder(reference: Predictions, predictions: Predictions): readonly [Predictions, Predictions] {
  const { classes, imageIds } = predictions;
  const ids = (infos: Predictions['classes']) => infos.map(({ id }) => id).join(' ');
  const places = reference.classes.map(({ id }) => classes.findIndex((own) => own.id === id));
  if (classes.length !== reference.classes.length || places.includes(-1))
    throw runError(
      'other-classes',
      `The runs tell other classes apart: ${ids(reference.classes)} and ${ids(classes)}.`,
      { hint: 'Compare runs on the same dataset.' },
    );
  const rowOf = new Map(imageIds.map((id, i) => [id, i]));
  const missing = reference.imageIds.filter((id) => !rowOf.has(id));
  if (missing.length > 0 || imageIds.length !== reference.imageIds.length)
    throw runError(
      'other-images',
      `The runs were evaluated on other images: ${missing.length} of ${reference.imageIds.length} images of the first are missing in the second, which has ${imageIds.length}.`,
      { hint: 'Compare runs whose images were split with the same seed and ratios.' },
    );
  const sorted = takeRows(
    inClassOrder(predictions, places),
    reference.imageIds.map((id) => rowOf.get(id)!),
  );
  const changed = sorted.labels.findIndex((label, i) => label !== reference.labels[i]);
  if (changed >= 0)
    throw runError('other-truths', `Image ${reference.imageIds[changed]} has another diagnosis in each of the runs.`);
  const { lesionIds, clusterIds = sorted.clusterIds } = reference;
  return [
    { ...reference, clusterIds },
    { ...sorted, lesionIds, clusterIds },
  ];
}
