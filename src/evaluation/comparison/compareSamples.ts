import { requireInteger } from '../../checks.js';
import { runError } from '../../errors.js';
import { Random } from '../../random.js';
import {
  type Interval,
  orNoInterval,
  percentileInterval,
  resampleMetrics,
  shareInterval,
} from '../metrics/intervals.js';
import { accuracy, type ClassMetric, classAuroc, type Metric, recall } from '../metrics/metrics.js';
import { type ScoredImages, scoreImages, WeightedImages } from '../metrics/scoredImages.js';
import { type AnyPredictions, type Predictions, toPredictions } from '../predictions/predictions.js';
import { presentClasses } from '../predictions/restrictPredictions.js';

/** One number on two sets of different images; null where it is undefined. */
export interface SampleDifference {
  readonly internal: number | null;
  readonly external: number | null;
  /** `external - internal`. */
  readonly difference: number | null;
  /** Of the difference. */
  readonly interval: Interval;
}

/** How the recall of a class differs between two samples. */
export interface ClassDifference extends SampleDifference {
  /** Class id. */
  readonly dx: string;
  /** Lesions with an image of the class. */
  readonly internalLesions: number;
  readonly externalLesions: number;
}

/** How a network does on its own test images and on those from outside. */
export interface SampleComparison {
  /** How the intervals were made, a sentence for readers. */
  readonly method: string;
  readonly level: number;
  readonly resamples: number;
  readonly seed: number;
  readonly internal: { readonly images: number; readonly lesions: number };
  readonly external: { readonly images: number; readonly lesions: number };
  /** Ids of the classes that both have images of; means over classes are over these. */
  readonly classes: readonly string[];
  readonly balancedAccuracy: SampleDifference;
  readonly accuracy: SampleDifference;
  readonly macroAuroc: SampleDifference;
  /** Recall by class, of `classes`. */
  readonly recall: readonly ClassDifference[];
}

/** How intervals of differences between two samples are made. */
export interface CompareSamplesOptions {
  /** Default 0. */
  readonly seed?: number;
  /** 0 for no intervals. Default 2,000. */
  readonly resamples?: number;
}

const level = 0.95;

/**
 * What the same network's results differ by on two sets of different images: external minus internal, with intervals from two
 * independent bootstraps clustered by lesion. Balanced accuracy and macro AUROC are means over the classes that both sets have, since
 * means over different classes could not be compared; accuracy is over all images, and changes with the mix of classes too.
 *
 * Where all resamples of one side give 0 or all give 1, its spread is that of Wilson's interval, put together with the other side's
 * by Newcombe's rule (Statistics in Medicine 17 (1998) 873-890, method 10).
 * @param givenInternal the test split @param givenExternal images of other lesions
 * @throws LesionlabError kind `run` where the classes differ, or no class has images in both; kind `usage` where lengths don't fit
 */
export function compareSamples(
  givenInternal: AnyPredictions,
  givenExternal: AnyPredictions,
  { seed = 0, resamples = 2000 }: CompareSamplesOptions = {},
): SampleComparison {
  requireInteger('resamples', resamples, { min: 0 });
  const [internal, external] = [toPredictions(givenInternal), toPredictions(givenExternal)];
  const ids = ({ classes }: Predictions) => classes.map(({ id }) => id).join(' ');
  if (ids(internal) !== ids(external))
    throw runError('other-classes', `Classes differ: ${ids(internal)} and ${ids(external)}.`);
  const inExternal = new Set(presentClasses(external));
  const common = presentClasses(internal).filter((k) => inExternal.has(k));
  if (common.length === 0)
    throw runError('no-common-class', 'No class has images both in the test split and in the external data.');
  const sides = [internal, external].map(scoreImages);
  const columns: readonly Metric[] = [
    meanOver(common, recall),
    accuracy,
    meanOver(common, classAuroc),
    ...common.map(
      (k): Metric =>
        (images) =>
          recall(images, k),
    ),
  ];
  // A stream for each side: the same draws for both would pair lesions that have nothing to do with each other.
  const resampled = sides.map((side, s) =>
    resampleMetrics(side, columns, resamples, new Random(seed, 'bootstrap', s === 0 ? 'internal' : 'external')),
  );
  const compare = (column: number, lesions?: readonly number[]): SampleDifference => {
    const values = sides.map((side) => columns[column](new WeightedImages(side)));
    const [a, b] = values.map((value) => (Number.isNaN(value) ? null : value));
    const difference = a === null || b === null ? null : b - a;
    const [low, high] = resampled.map((own) => own[column]);
    const interval =
      resamples > 0 && difference !== null ? differenceInterval(low, high, values, difference, lesions) : null;
    return { internal: a, external: b, difference, interval };
  };
  const size = ({ images, lesions }: ScoredImages) => ({ images, lesions });
  return {
    method:
      'External minus internal. The two sets hold different lesions: each was resampled on its own ' +
      `(${resamples.toLocaleString('en-US')} times, lesions drawn with replacement, each with all its images), and ${level * 100}% of the differences lie within. ` +
      'Where all resamples of a sensitivity or accuracy are 0 or 1, that side counts with its Wilson score interval, by Newcombe’s rule. ' +
      'Balanced accuracy and macro AUROC are means over the classes that both sets have.',
    level,
    resamples,
    seed,
    internal: size(sides[0]),
    external: size(sides[1]),
    classes: common.map((k) => internal.classes[k].id),
    balancedAccuracy: compare(0),
    accuracy: compare(
      1,
      sides.map(({ lesions }) => lesions),
    ),
    macroAuroc: compare(2),
    recall: common.map((k, i) => {
      const lesions = [internal, external].map((side) => lesionsOf(side, k));
      const [internalLesions, externalLesions] = lesions;
      return { dx: internal.classes[k].id, internalLesions, externalLesions, ...compare(3 + i, lesions) };
    }),
  };
}

/** Mean over some classes, those left out where it is undefined. */
const meanOver =
  (kept: readonly number[], metric: ClassMetric): Metric =>
  (images) => {
    const values = kept.map((k) => metric(images, k)).filter((value) => !Number.isNaN(value));
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };

/** @param lesions behind a share on each side; undefined for numbers that are none */
function differenceInterval(
  internal: Float64Array,
  external: Float64Array,
  values: readonly number[],
  difference: number,
  lesions: readonly number[] | undefined,
): Interval {
  const own = [internal, external].map((resampled) => percentileInterval(resampled, level));
  if (own.every((interval) => interval === null || interval[0] < interval[1]) || !lesions)
    return orNoInterval(
      percentileInterval(
        external.map((value, r) => value - internal[r]),
        level,
      ),
    );
  const [i, e] = own.map((interval, side) => shareInterval(interval, lesions[side]));
  if (!i || !e) return null;
  return [
    difference - Math.hypot(values[1] - e[0], i[1] - values[0]),
    difference + Math.hypot(e[1] - values[1], values[0] - i[0]),
  ];
}

function lesionsOf({ labels, lesionIds }: Predictions, classIndex: number): number {
  return new Set(lesionIds.filter((_, i) => labels[i] === classIndex)).size;
}
