import type { ComparedMetric } from '../evaluation/comparison/comparePredictions.js';

/** What the AUROC over all classes is called: of two classes there is but one. */
export const aurocName = (classes: number): string => (classes > 2 ? 'AUROC, mean of diagnoses' : 'AUROC');

/** The same within a sentence. */
export const aurocWords = (classes: number): string => (classes > 2 ? 'AUROC (mean of diagnoses)' : 'AUROC');

/** The same where there is little room. */
export const macroAurocName = (classes: number): string => (classes > 2 ? 'macro AUROC' : 'AUROC');

/** Metrics that runs are compared by, in words; `metricName` knows that of two classes there is but one AUROC. */
export const metricNames: Readonly<Record<ComparedMetric, string>> = {
  accuracy: 'accuracy',
  balancedAccuracy: 'balanced accuracy',
  macroF1: 'macro F1',
  matthewsCorrelation: 'Matthews correlation',
  macroAuroc: 'macro AUROC',
  macroAveragePrecision: 'macro average precision',
  loss: 'loss (lower is better)',
  brierScore: 'Brier score (lower is better)',
  calibrationError: 'calibration error (lower is better)',
};

/** A metric that runs of so many classes are compared by, in words. */
export const metricName = (metric: ComparedMetric, classes: number): string =>
  metric === 'macroAuroc' ? macroAurocName(classes) : metricNames[metric];
