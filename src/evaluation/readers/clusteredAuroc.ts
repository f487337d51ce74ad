import { requireLabels, requireLength, requireNumber, requireNumbers, requireSome } from '../../checks.js';
import type { Interval } from '../metrics/intervals.js';
import { numberGroups } from '../metrics/scoredImages.js';
import { type CovarianceMethod, figureCovariances } from './figureCovariances.js';
import { aurocInterval } from './figureInterval.js';
import { readerFigure } from './readerFigure.js';

/** An AUROC whose error allows for images of one lesion being alike. */
export interface ClusteredAuroc {
  /** [0, 1] */
  readonly value: number;
  readonly standardError: number;
  /** Symmetric for the logit; null at 0 and 1. */
  readonly interval: Interval;
  readonly lesions: number;
  readonly positiveLesions: number;
  readonly negativeLesions: number;
}

/** Further choices for `clusteredAuroc`. */
export interface ClusteredAurocOptions {
  /** Default `components`. */
  readonly method?: CovarianceMethod;
  /** Share of such intervals that hold the truth, (0, 1). Default 0.95. */
  readonly level?: number;
}

/**
 * The empirical AUROC with a standard error for images that come in lesions.
 * Source: N. A. Obuchowski, Nonparametric analysis of clustered ROC curve data, Biometrics 53 (1997) 567-578; with one image a lesion it is E. R. DeLong and others,
 * Biometrics 44 (1988) 837-845.
 * @param scores [N] @param labels [N], 1 positive, 0 negative @param groups [N], the lesion of each image; default each its own
 * @returns null with fewer than two lesions of a side, or fewer than three different scores
 * @throws LesionlabError kind `usage` where lengths don't fit, or something isn't a number
 */
export function clusteredAuroc(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  groups?: ArrayLike<string | number>,
  { method = 'components', level = 0.95 }: ClusteredAurocOptions = {},
): ClusteredAuroc | null {
  requireSome('scores', scores, 'image');
  requireNumbers('scores', scores);
  requireLength('labels', labels, scores.length, `one for each of ${scores.length} scores`);
  requireLabels('labels', labels, 2);
  requireNumber('level', level, { above: 0, below: 1 });
  if (groups) requireLength('groups', groups, scores.length, `one for each of ${scores.length} scores`);
  const images = Int32Array.from({ length: scores.length }, (_, i) => i);
  const clusterOf = groups ? numberGroups(Array.from(groups, String)).groupOf : images;
  const figure = readerFigure({ truths: labels, clusterOf }, { images, scores }, 'auroc');
  if (!figure) return null;
  const [[variance]] = figureCovariances([figure], method);
  return {
    value: figure.value,
    standardError: Math.sqrt(Math.max(variance, 0)),
    interval: aurocInterval(figure, variance, level),
    lesions: figure.clusters.length,
    positiveLesions: figure.positiveClusters,
    negativeLesions: figure.negativeClusters,
  };
}
