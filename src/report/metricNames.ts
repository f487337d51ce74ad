import type { ComparedMetric } from '../evaluation/comparison/comparePredictions.js';

/** Metrics that runs are compared by, in words. */
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
