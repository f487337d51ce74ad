import { requireLength, requireNumber } from '../../checks.js';
import { bootstrapIntervals, type Interval, shareInterval } from '../metrics/intervals.js';
import { scoreImages, WeightedImages } from '../metrics/scoredImages.js';
import type { Predictions } from '../predictions/predictions.js';

/** How well images that the network knows nothing about are told from those that it does. */
export interface OutOfDistributionEvaluation {
  /** Scores above it are flagged. */
  readonly threshold: number;
  /** Images that the statistics are from. */
  readonly trainingImages: number;
  /** Images of the evaluated split that are flagged all the same. */
  readonly falseAlarms: {
    readonly images: number;
    /** [0, 1] */
    readonly rate: number;
    /** 95%, lesions resampled; Wilson's where none or all are flagged. Null where no resamples were asked for. */
    readonly interval: Interval;
  };
  /** Painted images that are no dermatoscopic images, by kind. */
  readonly hits: readonly ForeignHits[];
}

/** How often foreign images of a kind are flagged. */
export interface ForeignHits {
  readonly kind: string;
  /** Images of the kind that were tried. */
  readonly images: number;
  /** Share of them that is flagged, [0, 1]. */
  readonly rate: number;
}

/** Scores to judge, and how. */
export interface EvaluateOutOfDistributionOptions {
  readonly threshold: number;
  readonly trainingImages: number;
  /** [N], of the images of `predictions`. */
  readonly scores: ArrayLike<number>;
  /** Scores of foreign images, by kind. */
  readonly foreign: ReadonlyMap<string, ArrayLike<number>>;
  readonly seed: number;
  /** 0 for no interval. */
  readonly resamples: number;
}

/** Counts false alarms among images of a split, and hits among images of other things. */
export function evaluateOutOfDistribution(
  predictions: Predictions,
  options: EvaluateOutOfDistributionOptions,
): OutOfDistributionEvaluation {
  const { threshold, trainingImages, scores, foreign, seed, resamples } = options;
  const scored = scoreImages(predictions);
  requireNumber('threshold', threshold);
  requireLength('scores', scores, scored.images, `one for each of ${scored.images} images`);
  const rate = ({ weights }: WeightedImages) => {
    let [flagged, all] = [0, 0];
    for (let i = 0; i < weights.length; i++) {
      all += weights[i];
      if (scores[i] > threshold) flagged += weights[i];
    }
    return flagged / all;
  };
  const intervals =
    resamples > 0
      ? bootstrapIntervals(scored, { metrics: { rate }, classMetrics: {}, seed, resamples, level: 0.95 }).metrics
      : null;
  return {
    threshold,
    trainingImages,
    falseAlarms: {
      images: Array.from(scores).filter((score) => score > threshold).length,
      rate: rate(new WeightedImages(scored)),
      interval: intervals && shareInterval(intervals.rate, scored.lesions),
    },
    hits: [...foreign].map(([kind, found]) => ({
      kind,
      images: found.length,
      rate: Array.from(found).filter((score) => score > threshold).length / found.length,
    })),
  };
}
