import { type AnyPredictions, toPredictions } from '../predictions/predictions.js';
import { conformalLevels, conformalThresholds } from './conformal.js';
import type { Calibration } from './evaluateCalibration.js';
import { fitTemperature, scaleTemperature } from './temperature.js';

/** What predictions of the validation split say about how sure a network may be: what calibration.json holds. */
export interface FittedCalibration extends Calibration {
  /** Images that it was fitted on. */
  readonly images: number;
  /** Mean negative log-likelihood (nats) of those images, before and after scaling. */
  readonly lossBefore: number;
  readonly lossAfter: number;
  readonly conformal: { level: number; thresholds: number[]; images: number[] }[];
}

/** Fits a temperature, and thresholds of prediction sets to the scaled probabilities. */
export function fitCalibration(given: AnyPredictions): FittedCalibration {
  const predictions = toPredictions(given);
  const { classes, probabilities } = predictions;
  const { temperature, lossBefore, lossAfter, images } = fitTemperature(predictions);
  const scaled = { ...predictions, probabilities: scaleTemperature(probabilities, classes.length, temperature) };
  const conformal = conformalLevels.map((level) => {
    const { thresholds, ...rest } = conformalThresholds(scaled, level);
    return { ...rest, thresholds: [...thresholds], images: [...rest.images] };
  });
  return { images, temperature, lossBefore, lossAfter, conformal };
}
