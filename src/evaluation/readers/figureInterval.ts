import { tBound } from '../distributions/studentT.js';
import type { Interval } from '../metrics/intervals.js';
import { wilsonInterval } from '../metrics/wilsonInterval.js';
import type { ReaderFigure } from './readerFigure.js';
import type { FigureOfMerit } from './readerStudy.js';

/**
 * The interval of one figure of merit over images. Shares have Wilson's, with as many trials as independent images that would give the variance found
 * (Rao and Scott 1992), between the number of lesions and that of images: with one image a lesion it is Wilson's own. The AUROC has one that is symmetric
 * for its logit (Pepe 2003, section 5.2.4), which stays within 0 and 1.
 * @param variance of the figure
 */
export function figureInterval(
  figureOf: ReaderFigure,
  figure: FigureOfMerit,
  variance: number,
  level: number,
): Interval {
  const { value, positives, negatives, clusters } = figureOf;
  if (figure === 'auroc') return aurocInterval(figureOf, variance, level);
  const images = positives + negatives;
  const trials = variance > 0 ? (value * (1 - value)) / variance : clusters.length;
  return wilsonInterval(value, clusters.length === images ? images : Math.min(Math.max(trials, 1), images), level);
}

/**
 * The interval of an AUROC that is symmetric for its logit, with Student's t on one degree of freedom less than there are lesions of the scarcer side: that many is its
 * variance estimated from.
 * @returns null where it doesn't vary, or lies at an end
 */
export function aurocInterval(
  { value, positiveClusters, negativeClusters }: ReaderFigure,
  variance: number,
  level: number,
): Interval {
  if (!(variance > 0) || value <= 0 || value >= 1) return null;
  const bound = tBound(level, Math.min(positiveClusters, negativeClusters) - 1);
  const half = (bound * Math.sqrt(variance)) / (value * (1 - value));
  const logit = Math.log(value / (1 - value));
  const inverse = (x: number) => 1 / (1 + Math.exp(-x));
  return [inverse(logit - half), inverse(logit + half)];
}
