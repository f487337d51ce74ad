import type { ClassInfo } from '../../data/dataset.js';
import { predictionSets, tooFewImages } from '../certainty/conformal.js';
import type { Calibration } from '../certainty/evaluateCalibration.js';
import { scaleTemperature } from '../certainty/temperature.js';
import { mostProbable } from '../predictions/mostProbable.js';

/** What a model says about one image that nobody has diagnosed. */
export interface ImageAnswer {
  /** Class id of the highest probability. */
  readonly predicted: string;
  /** [K], as the network gives them, in the order of the classes; they sum to 1. */
  readonly probabilities: readonly number[];
  /** [K], scaled so that on validation they were as sure as they were right; null where the run has no calibration. */
  readonly calibrated: readonly number[] | null;
  /** One for each level: the classes that can't be left out; empty where the run has no calibration. */
  readonly sets: readonly PredictionSet[];
  /** Whether the image resembles what the model was trained on; null where the model can't tell. */
  readonly outOfDistribution: OutOfDistributionScore | null;
}

/** How far an image is from those that a model was trained on. */
export interface OutOfDistributionScore {
  /** Squared distance from the training images in the network's feature space, at least 0. */
  readonly score: number;
  /** 99% of the images that the model was validated on lie at or below it. */
  readonly threshold: number;
  /** The score is above the threshold: probably no dermatoscopic image, or one unlike those known. Its probabilities mean nothing. */
  readonly flagged: boolean;
}

/** Classes of which one is the truth, as often as the level says. */
export interface PredictionSet {
  /** Share of such sets that held the truth, of each class, on images like those that the model was validated on. */
  readonly level: number;
  /** Class ids, most probable first. */
  readonly classes: readonly string[];
  /** Those of `classes` that are in every set, however unlikely, for lack of validation images. */
  readonly tooFewImages: readonly string[];
}

/** What is known of a model beside its numbers. */
export interface AnswerKnowledge {
  readonly classes: readonly ClassInfo[];
  readonly certainty: Calibration | null;
  /** Of out-of-distribution scores; null where the model gives none. */
  readonly threshold: number | null;
}

/**
 * Makes an answer of a model's numbers: most probable class, calibrated probabilities, prediction sets, flag.
 * @param probabilities [K] @param score undefined where the model gives none
 */
export function answerImage(
  { classes, certainty, threshold }: AnswerKnowledge,
  probabilities: Float32Array,
  score: number | undefined,
): ImageAnswer {
  const [winner] = mostProbable(probabilities, classes.length);
  const calibrated = certainty && scaleTemperature(probabilities, classes.length, certainty.temperature);
  const sets = calibrated
    ? certainty.conformal.map((thresholds) => ({
        level: thresholds.level,
        classes: predictionSets(calibrated, thresholds)[0].map((k) => classes[k].id),
        tooFewImages: tooFewImages(thresholds).map((k) => classes[k].id),
      }))
    : [];
  return {
    predicted: classes[winner].id,
    probabilities: [...probabilities],
    calibrated: calibrated && [...calibrated],
    sets,
    outOfDistribution:
      threshold === null || score === undefined ? null : { score, threshold, flagged: score > threshold },
  };
}
