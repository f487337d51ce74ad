import { requireNumber } from '../../checks.js';
import { normalBound } from '../distributions/normal.js';
import { least, normalMean, solve } from './least.js';

/** A model's calibration to be measured in other patients. */
export interface CalibrationAim {
  /** Share of lesions that are positive there, (0, 1). */
  readonly prevalence: number;
  /** The AUROC that is expected there, (0.5, 1). */
  readonly auroc: number;
  /** Width of the interval of observed over expected, above 0. Default 0.2. */
  readonly ratioWidth?: number;
  /** Width of the interval of the calibration slope, above 0. Default 0.4. */
  readonly slopeWidth?: number;
  /** Default 0.95. */
  readonly level?: number;
}

/** Lesions for each of the two, and for both. */
export interface CalibrationSize {
  readonly forRatio: number;
  readonly forSlope: number;
  readonly lesions: number;
  readonly positives: number;
  /** Mean and spread of the linear predictor that it rests on. */
  readonly predictor: { readonly mean: number; readonly spread: number };
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/**
 * Lesions for measuring calibration of a model that is calibrated, whose linear predictor is normally distributed.
 * Source: R. D. Riley and others, Minimum sample size for external validation of a clinical prediction model with a binary outcome, Stat Med 40 (2021) 4230-4251.
 */
export function sizeForCalibration({
  prevalence,
  auroc,
  ratioWidth = 0.2,
  slopeWidth = 0.4,
  level = 0.95,
}: CalibrationAim): CalibrationSize {
  requireNumber('ratioWidth', ratioWidth, { above: 0 });
  requireNumber('slopeWidth', slopeWidth, { above: 0 });
  const z = normalBound(requireNumber('level', level, { above: 0, below: 1 }));
  const predictor = linearPredictor(prevalence, auroc);
  const forRatio = least((n) => {
    const error = z * Math.sqrt((1 - prevalence) / (n * prevalence));
    return Math.exp(error) - Math.exp(-error) <= ratioWidth;
  });
  const slope = slopeVariance(predictor);
  const forSlope = Math.ceil(slope * ((2 * z) / slopeWidth) ** 2);
  const lesions = Math.max(forRatio, forSlope);
  return { forRatio, forSlope, lesions, positives: Math.ceil(lesions * prevalence), predictor };
}

/** Variance of the calibration slope times the number of lesions: out of the information that each lesion brings on intercept and slope. */
export function slopeVariance({ mean, spread }: CalibrationSize['predictor']): number {
  const moment = (power: number) =>
    normalMean((z) => {
      const x = mean + spread * z;
      const p = logistic(x);
      return x ** power * p * (1 - p);
    });
  const [ofIntercept, both, ofSlope] = [moment(0), moment(1), moment(2)];
  return ofIntercept / (ofIntercept * ofSlope - both ** 2);
}

/** A normally distributed linear predictor of a calibrated model with this prevalence and AUROC. */
export function linearPredictor(prevalence: number, auroc: number): { readonly mean: number; readonly spread: number } {
  requireNumber('prevalence', prevalence, { above: 0, below: 1 });
  requireNumber('auroc', auroc, { above: 0.5, below: 0.999 });
  const meanFor = (spread: number) =>
    solve((mean) => normalMean((z) => logistic(mean + spread * z)), prevalence, -40, 40);
  const spread = solve((own) => aurocOf(meanFor(own), own), auroc, 1e-3, 20);
  return { mean: meanFor(spread), spread };
}

/** The AUROC of a calibrated model: how often the predictor of a positive is above that of a negative. */
function aurocOf(mean: number, spread: number): number {
  const [steps, limit] = [600, 8.5];
  let [negatives, won, positives] = [0, 0, 0];
  for (let i = 0; i <= steps; i++) {
    const z = -limit + (2 * limit * i) / steps;
    const density = Math.exp(-0.5 * z * z);
    const p = logistic(mean + spread * z);
    won += density * p * (negatives + (density * (1 - p)) / 2);
    positives += density * p;
    negatives += density * (1 - p);
  }
  return won / (positives * negatives);
}
