import type { ExternalEvaluation } from '../../evaluation/outside/externalEvaluation.js';
import { decimal, numbers, percent, type ResultTable } from './resultTable.js';

/** Numbers on data from elsewhere, with the difference to the test images where both have the diagnoses. */
export function externalTable(evaluation: ExternalEvaluation): ResultTable {
  const { split, external, images, lesions, intervals, comparison } = evaluation;
  return {
    id: `elsewhere-${split}`,
    caption: `On ${external.dataset} (“${split}”): ${images.toLocaleString('en-US')} images${external.hasLesionIds ? ` of ${lesions.toLocaleString('en-US')} lesions` : ''}. Differences to the test images are over the diagnoses that both have.`,
    columns: [{ title: 'Measure' }, ...numbers('Value', 'Difference')],
    rows: [
      [
        'Balanced accuracy',
        percent(evaluation.balancedAccuracy, intervals?.balancedAccuracy),
        comparison ? percent(comparison.balancedAccuracy.difference, comparison.balancedAccuracy.interval) : '–',
      ],
      [
        'Accuracy',
        percent(evaluation.accuracy, intervals?.accuracy),
        comparison ? percent(comparison.accuracy.difference, comparison.accuracy.interval) : '–',
      ],
      [
        'AUROC, mean of diagnoses',
        decimal(evaluation.auroc?.macro, intervals?.auroc?.macro),
        comparison ? decimal(comparison.macroAuroc.difference, comparison.macroAuroc.interval) : '–',
      ],
    ],
    notes: external.notes,
  };
}
