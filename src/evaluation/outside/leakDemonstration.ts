import { compareSamples, type SampleDifference } from '../comparison/compareSamples.js';
import type { Evaluation } from '../evaluate.js';
import { evaluatePredictions } from '../evaluate.js';
import type { Interval } from '../metrics/intervals.js';
import type { Predictions } from '../predictions/predictions.js';
import { takeRows } from '../predictions/takeRows.js';

/** A number under both splits. */
export interface LeakNumber {
  readonly byImage: number | null;
  readonly byImageInterval: Interval;
  readonly byLesion: number | null;
  readonly byLesionInterval: Interval;
  /** `byImage - byLesion`; null where one of them is. */
  readonly flattery: number | null;
  /** Of `flattery`. */
  readonly flatteryInterval: Interval;
}

/** Sensitivity of a class under both splits. */
export interface LeakClass extends LeakNumber {
  readonly dx: string;
  readonly name: string;
  /** Lesions of the class in each test split. */
  readonly byImageLesions: number;
  readonly byLesionLesions: number;
}

/** Some of the images that the split by image was tested on. */
export interface SeenImages {
  readonly images: number;
  readonly accuracy: number | null;
  readonly interval: Interval;
}

/** What a split by image does to results: the same network under both splits. */
export interface LeakComparison {
  /** How the intervals were made and what they leave out, sentences for readers. */
  readonly method: string;
  /** Sizes of the test splits. */
  readonly byImageTest: { readonly images: number; readonly lesions: number };
  readonly byLesionTest: { readonly images: number; readonly lesions: number };
  readonly accuracy: LeakNumber;
  readonly balancedAccuracy: LeakNumber;
  readonly macroAuroc: LeakNumber;
  /** Sensitivity by class. */
  readonly classes: readonly LeakClass[];
  /** What the split by image was tested on: images of lesions that were trained on, and of others. */
  readonly seen: SeenImages;
  readonly unseen: SeenImages;
}

/** leak.json */
export interface LeakDemonstration extends LeakComparison {
  /** What was trained, twice. */
  readonly model: string;
  readonly preset: string;
  /** Settings that differ from the preset, as `name=value`. */
  readonly overrides: readonly string[];
  /** Pixels. */
  readonly imageSize: number;
  readonly epochs: number;
  readonly seed: number;
  readonly data: {
    readonly id: string;
    readonly name: string;
    /** As in config.json of the runs. */
    readonly sha256: string;
    readonly images: number;
    readonly lesions: number;
  };
}

/** A network's results on the test split of one way of splitting. */
export interface SplitResult {
  readonly evaluation: Evaluation;
  readonly predictions: Predictions;
}

/** How intervals are made. */
export interface CompareLeakOptions {
  readonly seed: number;
  /** Default 2,000. */
  readonly resamples?: number;
}

/**
 * Puts the results of a split by image and of one by lesion side by side.
 * @param trainedLesions ids of the lesions that the training split by image has images of
 * @throws LesionlabError kind `run` where the classes of the two differ
 */
export function compareLeak(
  byImage: SplitResult,
  byLesion: SplitResult,
  trainedLesions: ReadonlySet<string>,
  options: CompareLeakOptions,
): LeakComparison {
  const differences = compareSamples(byLesion.predictions, byImage.predictions, options);
  const [a, b] = [byImage.evaluation, byLesion.evaluation];
  const size = ({ images, lesions }: Evaluation) => ({ images, lesions });
  const { resamples, level } = differences;
  return {
    method:
      'Difference: split by image less split by lesion. Intervals come from drawing the lesions of each test split anew, each split on its own ' +
      `(${resamples.toLocaleString('en-US')} times; ${level * 100}% of the results lie within). Some images are in both test splits, which makes the intervals of differences rather too wide than too narrow; ` +
      'each network was trained once, and how much another training would differ is not in them.',
    byImageTest: size(a),
    byLesionTest: size(b),
    accuracy: pair(a.accuracy, a.intervals?.accuracy, b.accuracy, b.intervals?.accuracy, differences.accuracy),
    balancedAccuracy: pair(
      a.balancedAccuracy,
      a.intervals?.balancedAccuracy,
      b.balancedAccuracy,
      b.intervals?.balancedAccuracy,
      differences.balancedAccuracy,
    ),
    macroAuroc: pair(
      a.auroc.macro,
      a.intervals?.auroc.macro,
      b.auroc.macro,
      b.intervals?.auroc.macro,
      differences.macroAuroc,
    ),
    classes: a.perClass.map(({ dx, name, support, recall, lesions }, k) => {
      const other = b.perClass[k];
      return {
        dx,
        name,
        byImageLesions: lesions,
        byLesionLesions: other.lesions,
        ...pair(
          support > 0 ? recall : null,
          a.intervals?.perClass[k].recall,
          other.support > 0 ? other.recall : null,
          b.intervals?.perClass[k].recall,
          differences.recall.find((difference) => difference.dx === dx),
        ),
      };
    }),
    ...divideBySight(byImage.predictions, trainedLesions, options),
  };
}

function pair(
  byImage: number | null,
  byImageInterval: Interval = null,
  byLesion: number | null,
  byLesionInterval: Interval = null,
  compared?: SampleDifference,
): LeakNumber {
  const flattery = byImage === null || byLesion === null ? null : byImage - byLesion;
  // Means over the classes of both splits are another number where one of them lacks a class.
  const same = flattery !== null && compared?.difference != null && Math.abs(compared.difference - flattery) < 1e-9;
  return {
    byImage,
    byImageInterval,
    byLesion,
    byLesionInterval,
    flattery,
    flatteryInterval: same ? compared.interval : null,
  };
}

/** Test images whose lesion was trained on, and those whose was not. */
function divideBySight(
  predictions: Predictions,
  trained: ReadonlySet<string>,
  { seed, resamples }: CompareLeakOptions,
): { seen: SeenImages; unseen: SeenImages } {
  const score = (known: boolean): SeenImages => {
    const rows = predictions.lesionIds.flatMap((id, i) => (trained.has(id) === known ? [i] : []));
    if (rows.length === 0) return { images: 0, accuracy: null, interval: null };
    const own = takeRows(predictions, rows);
    const { images, accuracy, intervals } = evaluatePredictions(own, { split: 'test', seed, resamples });
    return { images, accuracy, interval: intervals?.accuracy ?? null };
  };
  return { seen: score(true), unseen: score(false) };
}
