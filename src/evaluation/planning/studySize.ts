import { requireNumber, unexpected } from '../../checks.js';
import { normalBound, normalQuantile, normalTail } from '../distributions/normal.js';
import { least } from './least.js';

/** Images of a lesion, and how alike they are. */
export interface Clustering {
  /** Mean number of images a lesion, from 1. Default 1. */
  readonly imagesPerLesion?: number;
  /** Correlation of two images of one lesion in what is measured, [0, 1]. Default 0.5. */
  readonly correlation?: number;
}

/** A number of lesions of a kind, and what that means with a prevalence. */
export interface StudySize {
  /** Lesions that the measure is taken on: malignant ones for a sensitivity. */
  readonly lesions: number;
  /** Images of these. */
  readonly images: number;
  /** All lesions that must be collected for that, at the prevalence. */
  readonly allLesions: number;
  /** How much more a lesion with several images weighs than one: the variance's factor by image. */
  readonly designEffect: number;
}

/** By how much images of the same lesions make a variance larger than as many lesions would (Kish 1965): 1 + (m - 1) ρ. */
export function designEffect({ imagesPerLesion = 1, correlation = 0.5 }: Clustering = {}): number {
  requireNumber('imagesPerLesion', imagesPerLesion, { min: 1 });
  requireNumber('correlation', correlation, { min: 0, max: 1 });
  return 1 + (imagesPerLesion - 1) * correlation;
}

/** A share to be measured: sensitivity among lesions that have the disease, specificity among those that don't. */
export interface ShareAim extends Clustering {
  /** The share that is expected, (0, 1). */
  readonly share: number;
  /** Share of lesions that are of the kind that it is measured on, (0, 1]: the prevalence for a sensitivity. */
  readonly prevalence: number;
  /** Default 0.95. */
  readonly level?: number;
}

/**
 * Lesions for an interval of a share of at most this width: Wilson's, on as many independent images as these are worth.
 * @param width of the whole interval, (0, 1)
 */
export function sizeForShareWidth(width: number, aim: ShareAim): StudySize {
  requireNumber('width', width, { above: 0, below: 1 });
  const { share, prevalence, level = 0.95 } = requireAim(aim);
  const z = normalBound(level);
  const widthOf = (n: number) =>
    ((2 * z) / (1 + z ** 2 / n)) * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2));
  return inLesions(
    least((n) => widthOf(n) <= width),
    prevalence,
    aim,
  );
}

/** Two shares of the same lesions to be compared: two models, or two readings. */
export interface DifferenceAim extends ShareAim {
  /** The other share, (0, 1). */
  readonly other: number;
  /** Correlation of the two answers about one image, [-1, 1). Default 0.3. */
  readonly paired?: number;
  /** Probability that the difference is found, (0, 1). Default 0.8. */
  readonly power?: number;
}

/**
 * Lesions for finding a difference between two shares on the same lesions, two-sided: McNemar's test in the form of Connor (Biometrics 43 (1987) 207-211), with the share of
 * images on which the two disagree from their correlation.
 */
export function sizeForDifference(aim: DifferenceAim): StudySize {
  const { share, prevalence, level = 0.95, other, power } = requireDifference(aim);
  const { difference, disagree } = disagreement(aim);
  if (difference === 0) throw unexpected('other', `a share other than ${share}`, other);
  const [z, reach] = [normalBound(level), normalQuantile(power)];
  const n = (z * Math.sqrt(disagree) + reach * Math.sqrt(disagree - difference ** 2)) ** 2 / difference ** 2;
  return inLesions(Math.ceil(n), prevalence, aim);
}

/** Lesions for showing that a share is not lower than another by a margin, one-sided at (1 - level) / 2; the shares are expected to be `share` and `other`. */
export function sizeForNonInferiority(margin: number, aim: DifferenceAim): StudySize {
  requireNumber('margin', margin, { above: 0, below: 1 });
  const { prevalence, level = 0.95, power } = requireDifference(aim);
  const { difference, disagree } = disagreement(aim);
  const room = requireNumber('margin plus the difference expected', margin + difference, { above: 0 });
  const z = normalBound(level) + normalQuantile(power);
  return inLesions(Math.ceil((z ** 2 * (disagree - difference ** 2)) / room ** 2), prevalence, aim);
}

/** Power of `sizeForDifference`'s test with a number of independent images. */
export function differencePower(images: number, aim: DifferenceAim): number {
  const { level = 0.95 } = requireDifference(aim);
  const { difference, disagree } = disagreement(aim);
  const shift = Math.abs(difference) * Math.sqrt(images) - normalBound(level) * Math.sqrt(disagree);
  return 1 - normalTail(shift / Math.sqrt(disagree - difference ** 2));
}

/** The difference of two shares, and the share of images on which the two answers differ. */
export function disagreement({ share, other, paired = 0.3 }: Pick<DifferenceAim, 'share' | 'other' | 'paired'>) {
  requireNumber('paired', paired, { min: -1, below: 1 });
  const both = share * other + paired * Math.sqrt(share * (1 - share) * other * (1 - other));
  const most = Math.min(share, other);
  requireNumber('paired (with these shares, both right)', both, { min: Math.max(share + other - 1, 0), max: most });
  return { difference: share - other, disagree: share + other - 2 * both, bothRight: both };
}

function requireAim<T extends ShareAim>(aim: T): T {
  requireNumber('share', aim.share, { above: 0, below: 1 });
  requireNumber('prevalence', aim.prevalence, { above: 0, max: 1 });
  requireNumber('level', aim.level ?? 0.95, { above: 0, below: 1 });
  return aim;
}

function requireDifference(aim: DifferenceAim) {
  requireNumber('other', aim.other, { above: 0, below: 1 });
  const power = requireNumber('power', aim.power ?? 0.8, { above: 0, below: 1 });
  return { ...requireAim(aim), power };
}

/** As many lesions as give so many independent images' worth. */
export function inLesions(independent: number, prevalence: number, clustering: Clustering): StudySize {
  const { imagesPerLesion = 1 } = clustering;
  const effect = designEffect(clustering);
  const lesions = Math.ceil((independent * effect) / imagesPerLesion - 1e-9);
  return {
    lesions,
    images: Math.ceil(lesions * imagesPerLesion),
    allLesions: Math.ceil(lesions / prevalence - 1e-9),
    designEffect: effect,
  };
}
