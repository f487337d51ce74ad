import { requireNumber } from '../../checks.js';
import { normalBound } from '../distributions/normal.js';

/** What a yes and a no are worth where yes is true as often as somebody states. */
export interface PredictiveValues {
  readonly prevalence: number;
  /** Share of the yes that are right; NaN where there is none. */
  readonly positive: number;
  readonly negative: number;
  readonly positiveInterval: readonly [low: number, high: number];
  readonly negativeInterval: readonly [low: number, high: number];
  /** Whether a count of 0 had to be helped by half of the bound squared (Mercaldo's adjusted logit). */
  readonly adjusted: boolean;
}

/** What predictive values are computed from. */
export interface PredictiveValuesInput {
  /** Shares, [0, 1]. */
  readonly sensitivity: number;
  readonly specificity: number;
  /** Independent images for which yes is true, above 0: fewer than there are where images of one lesion or patient are alike. */
  readonly positives: number;
  /** The same of the others. */
  readonly negatives: number;
  /** Stated, (0, 1). */
  readonly prevalence: number;
  /** Default 0.95. */
  readonly level?: number;
}

/**
 * Predictive values at a stated prevalence by Bayes' rule, with intervals on the logit scale, and the adjusted ones where a count is 0.
 * Source: N. D. Mercaldo, K. F. Lau, X. H. Zhou, Confidence intervals for predictive values with an emphasis to case-control studies,
 * Statistics in Medicine 26 (2007) 2170-2183.
 * @throws LesionlabError kind `usage` for numbers out of their ranges
 */
export function predictiveValues({
  sensitivity,
  specificity,
  positives,
  negatives,
  prevalence,
  level = 0.95,
}: PredictiveValuesInput): PredictiveValues {
  requireNumber('sensitivity', sensitivity, { min: 0, max: 1 });
  requireNumber('specificity', specificity, { min: 0, max: 1 });
  requireNumber('positives', positives, { above: 0 });
  requireNumber('negatives', negatives, { above: 0 });
  requireNumber('prevalence', prevalence, { above: 0, below: 1 });
  const z = normalBound(requireNumber('level', level, { above: 0, below: 1 }));
  const adjusted = [sensitivity, specificity].some((share) => share === 0 || share === 1);
  const help = adjusted ? z ** 2 : 0;
  const [n1, n0] = [positives + help, negatives + help];
  const se = (sensitivity * positives + help / 2) / n1;
  const sp = (specificity * negatives + help / 2) / n0;
  const interval = (odds: number, variance: number): [number, number] => {
    const [center, half] = [Math.log(odds), z * Math.sqrt(variance)];
    return [expit(center - half), expit(center + half)];
  };
  const yesOdds = (se * prevalence) / ((1 - sp) * (1 - prevalence));
  const noOdds = (sp * (1 - prevalence)) / ((1 - se) * prevalence);
  const share = (right: number, wrong: number) => right / (right + wrong);
  return {
    prevalence,
    positive: share(sensitivity * prevalence, (1 - specificity) * (1 - prevalence)),
    negative: share(specificity * (1 - prevalence), (1 - sensitivity) * prevalence),
    positiveInterval: interval(yesOdds, (1 - se) / (se * n1) + sp / ((1 - sp) * n0)),
    negativeInterval: interval(noOdds, se / ((1 - se) * n1) + (1 - sp) / (sp * n0)),
    adjusted,
  };
}

const expit = (x: number) => 1 / (1 + Math.exp(-x));
