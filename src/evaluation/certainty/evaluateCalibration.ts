import { type ReliabilityBin, reliabilityBins } from '../metrics/calibration.js';
import { bootstrapIntervals, type Interval } from '../metrics/intervals.js';
import { accuracy, balancedAccuracy, brierScore, calibrationError, loss } from '../metrics/metrics.js';
import { scoreImages, WeightedImages } from '../metrics/scoredImages.js';
import type { Predictions } from '../predictions/predictions.js';
import { type ConformalCoverage, type ConformalThresholds, measureCoverage } from './conformal.js';
import { type PriorShift, shiftPriors } from './priorShift.js';
import { scaleTemperature } from './temperature.js';

/** What was learned from validation predictions about a network's certainty. */
export interface Calibration {
  /** See `fitTemperature`. */
  readonly temperature: number;
  /** One for each level. They are of probabilities after scaling. */
  readonly conformal: readonly ConformalThresholds[];
  /** Of probabilities after scaling; calibrations of earlier versions lack it. It changes answers, and is no part of them: a step of its own, reported beside them. */
  readonly priorShift?: PriorShift;
}

/** How far probabilities are from what they promise. */
export interface CalibrationQuality {
  /** Mean negative log-likelihood (nats). */
  readonly loss: number;
  readonly brierScore: number;
  readonly calibrationError: number;
  readonly intervals: {
    readonly loss: Interval;
    readonly brierScore: Interval;
    readonly calibrationError: Interval;
  } | null;
  /** The reliability diagram. */
  readonly bins: readonly ReliabilityBin[];
}

/** Probabilities of images that calibration did not see, as the network gives them and after scaling; and prediction sets. */
export interface CalibrationEvaluation {
  readonly temperature: number;
  readonly before: CalibrationQuality;
  readonly after: CalibrationQuality;
  readonly conformal: readonly ConformalCoverage[];
  /** Probabilities after scaling that are shifted to the class frequencies of the images that the calibration was fitted on, and what becomes of the answers then. */
  readonly priorShift?: {
    readonly factors: readonly number[];
    readonly accuracy: number;
    readonly balancedAccuracy: number;
    readonly quality: CalibrationQuality;
  };
}

/** How the quality of a calibration is measured. */
export interface EvaluateCalibrationOptions {
  readonly seed: number;
  readonly resamples: number;
  readonly level: number;
}

/** @param predictions of a split other than the one that the calibration was fitted on */
export function evaluateCalibration(
  predictions: Predictions,
  { temperature, conformal, priorShift }: Calibration,
  options: EvaluateCalibrationOptions,
): CalibrationEvaluation {
  const { classes, probabilities } = predictions;
  const scaled = { ...predictions, probabilities: scaleTemperature(probabilities, classes.length, temperature) };
  return {
    temperature,
    before: assess(predictions, options),
    after: assess(scaled, options),
    conformal: conformal.map((thresholds) => measureCoverage(scaled, thresholds)),
    ...(priorShift && { priorShift: assessShift(scaled, priorShift, options) }),
  };
}

function assessShift(scaled: Predictions, { factors }: PriorShift, options: EvaluateCalibrationOptions) {
  const shifted = { ...scaled, probabilities: shiftPriors(scaled.probabilities, factors) };
  const images = new WeightedImages(scoreImages(shifted));
  return {
    factors,
    accuracy: accuracy(images),
    balancedAccuracy: balancedAccuracy(images),
    quality: assess(shifted, options),
  };
}

const assessed = { loss, brierScore, calibrationError };

function assess(predictions: Predictions, { seed, resamples, level }: EvaluateCalibrationOptions): CalibrationQuality {
  const scored = scoreImages(predictions);
  const images = new WeightedImages(scored);
  return {
    loss: loss(images),
    brierScore: brierScore(images),
    calibrationError: calibrationError(images),
    intervals:
      resamples > 0
        ? bootstrapIntervals(scored, { metrics: assessed, classMetrics: {}, seed, resamples, level }).metrics
        : null,
    bins: reliabilityBins(images),
  };
}
