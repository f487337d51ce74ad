import type { RunStepResult } from '../node/steps/run.js';

/** The result for `--json`. */
export function summariseRun({ training, evaluation, model, report }: RunStepResult) {
  return {
    run: training.run.path,
    preset: training.config.preset,
    epochs: training.epochs.length,
    bestEpoch: training.bestEpoch,
    notes: training.notes,
    evaluation: evaluation?.evaluation ?? null,
    model: model.path,
    report: report.path,
  };
}

/** The result in a few lines, with intervals and lesions. */
export function describeRun({ training, evaluation, report }: RunStepResult): string {
  const lines: string[] = [];
  if (evaluation) {
    const { images, lesions, accuracy, balancedAccuracy, auroc, perClass, intervals } = evaluation.evaluation;
    const line = (name: string, value: number | null, interval: readonly [number, number] | null | undefined) =>
      `${name.padEnd(20)}${value === null ? 'undefined' : percent(value)}${interval ? `   95% interval ${percent(interval[0])} to ${percent(interval[1])}` : ''}`;
    lines.push(
      `Test split: ${images} images of ${lesions} lesions, epoch ${evaluation.checkpoint.epoch ?? '?'} (best on validation)`,
      line('Accuracy', accuracy, intervals?.accuracy),
      line('Balanced accuracy', balancedAccuracy, intervals?.balancedAccuracy),
      line('Macro AUROC', auroc.macro, intervals?.auroc.macro),
      '',
      'Sensitivity (recall) by class:',
      ...perClass.map(
        ({ dx, name, recall, lesions: behind }, k) =>
          `  ${dx.padEnd(6)} ${line('', recall, intervals?.perClass[k]?.recall).trimStart()}   ${behind} lesions   ${name}`,
      ),
      '',
    );
  }
  lines.push(`Report: ${report.path}`, `Exported model: ${training.run.model}`);
  return lines.join('\n');
}

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
