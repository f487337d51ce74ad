import type { Calibration } from '../certainty/evaluateCalibration.js';
import { restrictCalibration } from '../certainty/restrictCalibration.js';
import { compareSamples, type SampleComparison } from '../comparison/compareSamples.js';
import { evaluatePredictions } from '../evaluate.js';
import type { Predictions } from '../predictions/predictions.js';
import { presentClasses, restrictPredictions } from '../predictions/restrictPredictions.js';
import type { ExternalEvaluation, RestrictedEvaluation } from './externalEvaluation.js';

/** A network's predictions of images from outside, with what they are compared to. */
export interface ExternalPredictions {
  /** Of the external data, over all classes of the network. */
  readonly predictions: Predictions;
  /** The same network's of its test split; null where there are none. */
  readonly internal: Predictions | null;
  /** Fitted on the network's validation split. */
  readonly calibration: Calibration | null;
  /** Classes to restrict to, as indices, at least two; null for none. */
  readonly kept: readonly number[] | null;
}

/** How intervals are made. */
export interface ScoreExternalOptions {
  /** Name of the external data. */
  readonly split: string;
  readonly seed: number;
  /** Default 2,000. */
  readonly resamples?: number;
}

/**
 * Scores predictions of external data over all classes, and over some of them where asked for, each against the test split.
 * @throws LesionlabError kind `run` as `evaluatePredictions` and `restrictPredictions` do
 */
export function scoreExternal(
  { predictions, internal, calibration, kept }: ExternalPredictions,
  options: ScoreExternalOptions,
): Omit<ExternalEvaluation, 'external'> {
  return {
    ...evaluatePredictions(predictions, { ...options, calibration }),
    comparison: compare(internal, predictions, options),
    restricted: kept && scoreRestricted({ predictions, internal, calibration, kept }, options),
  };
}

function scoreRestricted(
  { predictions, internal, calibration, kept }: ExternalPredictions & { readonly kept: readonly number[] },
  options: ScoreExternalOptions,
): RestrictedEvaluation {
  const own = restrictPredictions(predictions, kept);
  const restrictedInternal = internal && hasAny(internal, kept) ? restrictPredictions(internal, kept) : null;
  return {
    ...evaluatePredictions(own, { ...options, calibration: calibration && restrictCalibration(calibration, kept) }),
    comparison: compare(restrictedInternal, own, options),
  };
}

const hasAny = (predictions: Predictions, wanted: readonly number[]) =>
  presentClasses(predictions).some((k) => wanted.includes(k));

/** Null where there is nothing to compare with, or no class in common. */
function compare(
  internal: Predictions | null,
  external: Predictions,
  options: ScoreExternalOptions,
): SampleComparison | null {
  return internal && hasAny(internal, presentClasses(external)) ? compareSamples(internal, external, options) : null;
}
