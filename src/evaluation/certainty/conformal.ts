import { requireLength, requireNumber, requireNumbers } from '../../checks.js';
import { type AnyPredictions, toPredictions } from '../predictions/predictions.js';

/** Coverages that are offered: 90% means that nine of ten sets hold the truth. */
export const conformalLevels = [0.8, 0.9, 0.95] as const;

/** What a prediction set is made with. */
export interface ConformalThresholds {
  /** Share of sets that should hold the truth, of each class. */
  readonly level: number;
  /** [K]: a class is in the set from this probability on; 0 where its validation images are too few to leave it out. */
  readonly thresholds: readonly number[];
  /** [K], validation images behind each threshold. */
  readonly images: readonly number[];
}

/**
 * Fewest validation images of a class with which sets of a level can leave it out: 4, 9 and 19 for 80, 90 and 95%. With fewer, even the
 * lowest probability among them says too little.
 * @param level (0, 1) @throws LesionlabError kind `usage` for another one
 */
export function imagesToLeaveOut(level: number): number {
  requireNumber('level', level, { above: 0, below: 1 });
  return Math.max(1, Math.ceil(1 / (1 - level) - 1 - 1e-9));
}

/** Indices of the classes that are in every set, however unlikely: those with too few validation images to leave them out. */
export const tooFewImages = ({ level, images }: Pick<ConformalThresholds, 'level' | 'images'>): number[] =>
  images.flatMap((count, k) => (count < imagesToLeaveOut(level) ? [k] : []));

/** What decides whether a class is in the sets of a level. */
export interface SetRules {
  readonly level: number;
  /** See `imagesToLeaveOut`. */
  readonly imagesNeeded: number;
  readonly classes: readonly {
    readonly id: string;
    /** Validation images that the threshold rests on. */
    readonly images: number;
    /** The class is in the set from this calibrated probability on; null where its images are too few: it is in every set. */
    readonly threshold: number | null;
  }[];
}

/**
 * Thresholds with the class ids and the images that they rest on.
 * @param classes in the order of the thresholds @throws LesionlabError kind `usage` where they are not as many
 */
export function setRules(
  { level, thresholds, images }: ConformalThresholds,
  classes: readonly { readonly id: string }[],
): SetRules {
  requireLength('thresholds', thresholds, classes.length, 'one a class');
  requireLength('images', images, classes.length, 'one a class');
  const always = new Set(tooFewImages({ level, images }));
  return {
    level,
    imagesNeeded: imagesToLeaveOut(level),
    classes: classes.map(({ id }, k) => ({
      id,
      images: images[k],
      threshold: always.has(k) ? null : thresholds[k],
    })),
  };
}

/** Which classes are in every set for lack of images, for readers: at each level, with their images; undefined where none is. @param images what thresholds are fitted on */
export function describeTooFewImages(rules: readonly SetRules[], images = 'validation images'): string | undefined {
  const parts = rules.flatMap(({ level, imagesNeeded, classes }) => {
    const always = classes.filter(({ threshold }) => threshold === null);
    if (always.length === 0) return [];
    const words = always.map(({ id, images }) => `${id} (${images})`).join(', ');
    return [`in sets made for ${Math.round(100 * level)}%, which take ${imagesNeeded}, ${words}`];
  });
  return parts.length === 0 ? undefined : `In every set however unlikely, for lack of ${images}: ${parts.join('; ')}.`;
}

/**
 * Split conformal prediction with a threshold for each class, so that coverage holds for every diagnosis and not only on average
 * (Vovk 2012, "Conditional validity of inductive conformal predictors"; score 1 - p of Sadinle, Lei and Wasserman 2019). With n
 * images of a class and the level 1 - a, the threshold is the floor(a (n + 1))-th smallest probability that the truth was given; with
 * fewer than 1 / a - 1 images there is none, and the class is in every set.
 *
 * The guarantee is for images that are exchangeable. Images of one lesion are not independent, which makes coverage vary more
 * than the number of images suggests.
 * @param level share of sets that should hold the truth, (0, 1) @throws LesionlabError kind `usage` for another one
 */
export function conformalThresholds(predictions: AnyPredictions, level: number): ConformalThresholds {
  requireNumber('level', level, { above: 0, below: 1 });
  const { classes, labels, probabilities } = toPredictions(predictions);
  const scores = classes.map((): number[] => []);
  for (let i = 0; i < labels.length; i++) scores[labels[i]].push(probabilities[i * classes.length + labels[i]]);
  const thresholds = scores.map((own) => {
    const sorted = Float64Array.from(own).sort();
    // 0.1 * 10 must count as 1, whatever floating point makes of it.
    const rank = Math.floor((1 - level) * (sorted.length + 1) + 1e-9);
    return sorted.length < imagesToLeaveOut(level) ? 0 : sorted[rank - 1];
  });
  return { level, thresholds, images: scores.map((own) => own.length) };
}

/** The classes of each image's set, most probable first. @param probabilities [N, K] row by row */
export function predictionSets(
  probabilities: ArrayLike<number>,
  { thresholds }: Pick<ConformalThresholds, 'thresholds'>,
): number[][] {
  const classes = thresholds.length;
  requireNumbers('thresholds', thresholds);
  requireLength('probabilities', probabilities, classes * Math.floor(probabilities.length / classes), 'whole rows');
  return Array.from({ length: probabilities.length / classes }, (_, i) => {
    const p = (k: number) => probabilities[i * classes + k];
    return thresholds.flatMap((threshold, k) => (p(k) >= threshold ? [k] : [])).sort((a, b) => p(b) - p(a));
  });
}

/** How sets did on images that the thresholds don't come from. */
export interface ConformalCoverage {
  readonly level: number;
  /** Share of sets that hold the truth, [0, 1]. */
  readonly coverage: number;
  /** The same by class; null where a class has no images. */
  readonly perClass: readonly (number | null)[];
  /** Mean number of classes in a set. */
  readonly meanSize: number;
  /** Share of sets with one class, [0, 1]. */
  readonly single: number;
  /** Share of sets with none, [0, 1]. */
  readonly empty: number;
  /** What the sets were made by; files of version 0.1 don't say. */
  readonly rules?: SetRules;
}

/** @throws LesionlabError kind `usage` where the thresholds are of other classes */
export function measureCoverage(predictions: AnyPredictions, conformal: ConformalThresholds): ConformalCoverage {
  const { classes, labels, probabilities } = toPredictions(predictions);
  requireLength('thresholds', conformal.thresholds, classes.length, 'one a class');
  const sets = predictionSets(probabilities, conformal);
  const images = classes.map(() => 0);
  const covered = classes.map(() => 0);
  let size = 0;
  for (const [i, set] of sets.entries()) {
    images[labels[i]] += 1;
    if (set.includes(labels[i])) covered[labels[i]] += 1;
    size += set.length;
  }
  const share = (count: number) => count / sets.length;
  return {
    level: conformal.level,
    coverage: share(covered.reduce((a, b) => a + b, 0)),
    perClass: covered.map((count, k) => (images[k] > 0 ? count / images[k] : null)),
    meanSize: share(size),
    single: share(sets.filter(({ length }) => length === 1).length),
    empty: share(sets.filter(({ length }) => length === 0).length),
    rules: setRules(conformal, classes),
  };
}
