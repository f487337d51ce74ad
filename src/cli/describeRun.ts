import { formatCount } from '../node/formatQuantity.js';
import type { RunStepResult } from '../node/steps/run.js';
import { formatInterval, formatShare } from './formatShare.js';
import { formatTable } from './formatTable.js';
import { listExcluded } from './listExcluded.js';

/** The result for `--json`. */
export function summariseRun({ training, evaluation, model, report }: RunStepResult) {
  return {
    run: training.run.path,
    preset: training.config.preset,
    epochs: training.epochs.length,
    bestEpoch: training.bestEpoch,
    notes: training.notes,
    diverged: training.diverged,
    excluded: training.config.data.excluded,
    evaluation: evaluation.evaluation,
    model: model.path,
    report: report.path,
  };
}

/** The result in a few lines, with intervals and lesions. */
export function describeRun({ training, evaluation, report }: RunStepResult): string {
  const lines: string[] = listExcluded(training.config.data.excluded);
  if (training.diverged !== null) lines.push(training.diverged, '');
  const { images, lesions, accuracy, balancedAccuracy, auroc, perClass, intervals } = evaluation.evaluation;
  lines.push(
    `Test split: ${images} images of ${lesions} lesions, epoch ${evaluation.checkpoint.epoch ?? '?'} (best on validation)`,
    '',
    formatTable(
      ['', 'value', '95% interval'],
      [
        ['accuracy', formatShare(accuracy), formatInterval(intervals?.accuracy)],
        ['balanced accuracy', formatShare(balancedAccuracy), formatInterval(intervals?.balancedAccuracy)],
        ['macro AUROC', formatShare(auroc.macro), formatInterval(intervals?.auroc.macro)],
      ],
    ),
    '',
    formatTable(
      ['class', 'lesions', 'sensitivity (recall)', '95% interval', 'name'],
      perClass.map(({ dx, name, recall, lesions: behind }, k) => [
        dx,
        formatCount(behind),
        formatShare(recall),
        formatInterval(intervals?.perClass[k]?.recall),
        name,
      ]),
    ),
    '',
  );
  lines.push(`Report: ${report.path}`, `Exported model: ${training.run.model}`);
  return lines.join('\n');
}
