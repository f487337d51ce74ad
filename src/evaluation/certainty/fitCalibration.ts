import { type AnyPredictions, type Predictions, toPredictions } from '../predictions/predictions.js';
import { conformalLevels, conformalThresholds, imagesToLeaveOut, tooFewImages } from './conformal.js';
import type { Calibration } from './evaluateCalibration.js';
import { fitPriorShift } from './priorShift.js';
import { fitTemperature, scaleTemperature } from './temperature.js';

/** What predictions of the validation split say about how sure a network may be: what calibration.json holds. */
export interface FittedCalibration extends Calibration {
  /** Images that it was fitted on. */
  readonly images: number;
  /** Mean negative log-likelihood (nats) of those images, before and after scaling. */
  readonly lossBefore: number;
  readonly lossAfter: number;
  readonly conformal: {
    level: number;
    thresholds: number[];
    images: number[];
    /** Fewest images with which a class can be left out of a set; with fewer its threshold is 0. */
    imagesNeeded: number;
    /** Ids of the classes with fewer. */
    tooFewImages: string[];
  }[];
}

/** Fits a temperature, and to the scaled probabilities thresholds of prediction sets and a shift to the images' class frequencies. */
export function fitCalibration(given: AnyPredictions): FittedCalibration {
  const predictions = toPredictions(given);
  const { scaled, fitted } = fitSets(predictions);
  return { ...fitted, priorShift: fitPriorShift(scaled) };
}

/** Temperature and sets alone, which is what is fitted anew in resamples; `scaled` are the predictions as they are then. */
export function fitSets(predictions: Predictions): {
  readonly fitted: FittedCalibration;
  readonly scaled: Predictions;
} {
  const { classes, probabilities } = predictions;
  const { temperature, lossBefore, lossAfter, images } = fitTemperature(predictions);
  const scaled = { ...predictions, probabilities: scaleTemperature(probabilities, classes.length, temperature) };
  const conformal = conformalLevels.map((level) => {
    const { thresholds, images } = conformalThresholds(scaled, level);
    return {
      level,
      thresholds: [...thresholds],
      images: [...images],
      imagesNeeded: imagesToLeaveOut(level),
      tooFewImages: tooFewImages({ level, images }).map((k) => classes[k].id),
    };
  });
  return { scaled, fitted: { images, temperature, lossBefore, lossAfter, conformal } };
}
