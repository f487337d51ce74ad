import type { RunStepResult } from '../node/steps/run.js';
import { formatEvaluation } from './formatEvaluation.js';
import { listExcluded } from './listExcluded.js';
import { notices } from './notices.js';

/** The result for `--json`. */
export function summariseRun({ training, evaluation, model, report }: RunStepResult) {
  return {
    run: training.run.path,
    preset: training.config.preset,
    epochs: training.epochs.length,
    bestEpoch: training.bestEpoch,
    notes: training.notes,
    diverged: training.diverged,
    endedEarly: training.endedEarly,
    excluded: training.config.data.excluded,
    evaluation: evaluation.evaluation,
    model: model?.path ?? null,
    report: report.path,
  };
}

export interface DescribeRunOptions {
  /** Leaves out what the result is for. */
  readonly quiet?: boolean;
  /** Columns of the terminal. */
  readonly width?: number;
}

/** The result in a few lines, with intervals and lesions, and what it is to be read with. */
export function describeRun(
  { training, evaluation, report }: RunStepResult,
  { quiet = false, width }: DescribeRunOptions = {},
): string {
  const lines: string[] = listExcluded(training.config.data.excluded);
  if (training.diverged !== null) lines.push(training.diverged, '');
  if (training.endedEarly !== null) lines.push(training.endedEarly, '');
  const { images, lesions } = evaluation.evaluation;
  lines.push(
    `Test split: ${images} images of ${lesions} lesions, epoch ${evaluation.checkpoint.epoch ?? '?'} (best on validation)`,
    '',
    formatEvaluation(evaluation.evaluation, width),
    '',
  );
  if (!quiet) lines.push(...notices(training.config), '');
  lines.push(`Report: ${report.path}`, `Exported model: ${training.run.model}`);
  return lines.join('\n');
}
