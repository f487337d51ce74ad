import { requireInteger } from '../../checks.js';
import { Random } from '../../random.js';
import { auroc } from '../../training/auroc.js';
import { normalBound, normalQuantile } from '../distributions/normal.js';
import { tTails } from '../distributions/studentT.js';
import { wilsonInterval } from '../metrics/wilsonInterval.js';
import { clusteredAuroc } from '../readers/clusteredAuroc.js';
import { addVariances, meanOf, sampleVariance } from '../readers/meanOfReaders.js';
import type { AurocAim } from './aurocSize.js';
import type { CalibrationSize } from './calibrationSize.js';
import { type ReaderAim, readerVariances } from './readerPower.js';
import { type DifferenceAim, designEffect, disagreement, type ShareAim } from './studySize.js';

/** How many studies are drawn, and by which stream. */
export interface SimulationOptions {
  /** From 1. Default 1,000. */
  readonly studies?: number;
  /** Default 0. */
  readonly seed?: number;
}

/** Mean of what studies give. */
function meanOver(
  { studies = 1000, seed = 0 }: SimulationOptions,
  name: string,
  study: (random: Random) => number,
): number {
  requireInteger('studies', studies, { min: 1 });
  let sum = 0;
  for (let i = 0; i < studies; i++) sum += study(new Random(seed, name, i));
  return sum / studies;
}

/**
 * Answers about images of lesions, right with a probability that differs from lesion to lesion: images of one lesion agree as often as `correlation` says (a lesion's answer is copied to
 * each of its images with the probability √correlation, else the image has one of its own).
 */
function drawLesion(random: Random, images: number, correlation: number, drawAnswer: () => number): number[] {
  const shared = drawAnswer();
  const copied = Math.sqrt(correlation);
  return Array.from({ length: images }, () => (random.next() < copied ? shared : drawAnswer()));
}

/** Images of a lesion: the mean's whole numbers on both sides, drawn so that the mean holds. */
const drawImages = (random: Random, mean: number): number =>
  Math.floor(mean) + (random.next() < mean - Math.floor(mean) ? 1 : 0);

/** Mean width of a share's interval in studies with so many lesions, by the variance that images of a lesion have together. */
export function simulateShareWidth(lesions: number, aim: ShareAim, options: SimulationOptions = {}): number {
  const { share, level = 0.95, imagesPerLesion = 1, correlation = 0.5 } = aim;
  return meanOver(options, 'share', (random) => {
    const sums = Array.from({ length: lesions }, () => {
      const images = drawImages(random, imagesPerLesion);
      const answers = drawLesion(random, images, correlation, () => (random.next() < share ? 1 : 0));
      return { images, right: answers.reduce((sum, answer) => sum + answer, 0) };
    });
    const images = sums.reduce((sum, own) => sum + own.images, 0);
    const found = sums.reduce((sum, own) => sum + own.right, 0) / images;
    const variance =
      (sums.reduce((sum, own) => sum + (own.right - own.images * found) ** 2, 0) * lesions) /
      (lesions - 1) /
      images ** 2;
    const trials = variance > 0 ? (found * (1 - found)) / variance : images / designEffect(aim);
    const [low, high] = wilsonInterval(found, trials, level);
    return high - low;
  });
}

/** How often the difference is found (or, with a margin, non-inferiority is shown) in studies with so many lesions. */
export function simulateDifferencePower(
  lesions: number,
  aim: DifferenceAim,
  { margin, ...options }: SimulationOptions & { readonly margin?: number } = {},
): number {
  const { share, other, level = 0.95, imagesPerLesion = 1, correlation = 0.5 } = aim;
  const { bothRight } = disagreement(aim);
  const bound = normalBound(level);
  return meanOver(options, 'difference', (random) => {
    const draw = () => {
      const place = random.next();
      if (place < bothRight) return 0;
      if (place < share) return 1;
      return place < share + other - bothRight ? -1 : 0;
    };
    const sums = Array.from({ length: lesions }, () =>
      drawLesion(random, drawImages(random, imagesPerLesion), correlation, draw),
    );
    const images = sums.reduce((sum, own) => sum + own.length, 0);
    const totals = sums.map((own) => own.reduce((sum, value) => sum + value, 0));
    const found = totals.reduce((sum, value) => sum + value, 0) / images;
    // McNemar's test has the variance of no difference, an interval that of the difference found.
    const centre = margin === undefined ? 0 : found;
    const error = Math.sqrt(sums.reduce((sum, own, i) => sum + (totals[i] - own.length * centre) ** 2, 0)) / images;
    if (margin !== undefined) return found + margin > bound * error ? 1 : 0;
    return Math.abs(found) > bound * error ? 1 : 0;
  });
}

/** Mean width of an AUROC's interval in studies with so many lesions. */
export function simulateAurocWidth(lesions: number, aim: AurocAim, options: SimulationOptions = {}): number {
  const { prevalence, level = 0.95, imagesPerLesion = 1, correlation = 0.5 } = aim;
  const shift = Math.SQRT2 * normalQuantile(aim.auroc);
  const positives = Math.round(lesions * prevalence);
  return meanOver(options, 'auroc', (random) => {
    const [scores, labels, groups]: [number[], number[], number[]] = [[], [], []];
    for (let lesion = 0; lesion < lesions; lesion++) {
      const label = lesion < positives ? 1 : 0;
      const own = random.normal(0, Math.sqrt(correlation));
      for (let image = drawImages(random, imagesPerLesion); image > 0; image--) {
        scores.push(shift * label + own + random.normal(0, Math.sqrt(1 - correlation)));
        labels.push(label);
        groups.push(lesion);
      }
    }
    const found = clusteredAuroc(scores, labels, groups, { level });
    return found ? 2 * normalBound(level) * found.standardError : auroc(scores, labels);
  });
}

/** How often the difference is found in studies of so many readers and lesions, figures of merit drawn from Obuchowski and Rockette's model. */
export function simulateReaderPower(
  readers: number,
  lesions: number,
  aim: ReaderAim,
  options: SimulationOptions = {},
): number {
  const { spread, common } = readerVariances(readers, lesions, aim);
  const { difference, level = 0.95 } = aim;
  return meanOver(options, 'readers', (random) => {
    // Of each reader the difference between conditions: what all have in common, and what is the reader's own.
    const shared = random.normal(0, Math.sqrt(2 * common));
    const differences = Array.from(
      { length: readers },
      () => difference + shared + random.normal(0, Math.sqrt(2 * spread)),
    );
    const { variance, freedom } = addVariances(sampleVariance(differences) / readers, 2 * common, readers - 1);
    return tTails(meanOf(differences) / Math.sqrt(variance), freedom) < 1 - level ? 1 : 0;
  });
}

/** Mean width of the intervals of observed over expected, and of the calibration slope, in studies with so many lesions. */
export function simulateCalibrationWidths(
  lesions: number,
  { mean, spread }: CalibrationSize['predictor'],
  { level = 0.95, ...options }: SimulationOptions & { readonly level?: number } = {},
): { readonly ratio: number; readonly slope: number } {
  const z = normalBound(level);
  let ratios = 0;
  const slope = meanOver(options, 'calibration', (random) => {
    const predictors = Float64Array.from({ length: lesions }, () => random.normal(mean, spread));
    const outcomes = Float64Array.from(predictors, (x) => (random.next() < 1 / (1 + Math.exp(-x)) ? 1 : 0));
    const observed = outcomes.reduce((sum, value) => sum + value, 0);
    const expected = predictors.reduce((sum, x) => sum + 1 / (1 + Math.exp(-x)), 0);
    const error = z * Math.sqrt((1 - observed / lesions) / observed);
    ratios += (observed / expected) * (Math.exp(error) - Math.exp(-error));
    return 2 * z * fitSlope(predictors, outcomes);
  });
  return { ratio: ratios / (options.studies ?? 1000), slope };
}

/** Standard error of the slope of a logistic regression of outcomes on predictors, by Newton's method from the calibrated model. */
function fitSlope(predictors: Float64Array, outcomes: Float64Array): number {
  let [intercept, slope] = [0, 1];
  for (let step = 0; ; step++) {
    let [a, b, c, u, v] = [0, 0, 0, 0, 0];
    for (let i = 0; i < predictors.length; i++) {
      const x = predictors[i];
      const p = 1 / (1 + Math.exp(-intercept - slope * x));
      const weight = p * (1 - p);
      a += weight;
      b += weight * x;
      c += weight * x * x;
      u += outcomes[i] - p;
      v += (outcomes[i] - p) * x;
    }
    const determinant = a * c - b * b;
    if (step === 8) return Math.sqrt(a / determinant);
    intercept += (c * u - b * v) / determinant;
    slope += (a * v - b * u) / determinant;
  }
}
