import { dirname } from 'node:path';
import { type Command, Option } from 'commander';
import { type SplitName, splitNames } from '../../data/dataset.js';
import { type CheckpointName, checkpointNames } from '../../node/checkpointFile.js';
import { formatCount } from '../../node/formatQuantity.js';
import { type EvaluateStepResult, evaluateStep } from '../../node/steps/evaluate.js';
import { act } from '../commandContext.js';
import { formatInterval, formatShare } from '../formatShare.js';
import { formatTable } from '../formatTable.js';
import { parseInteger } from '../globalOptions.js';

interface Options {
  readonly split: SplitName;
  readonly checkpoint: CheckpointName;
  readonly submission?: boolean;
  readonly resamples: number;
  readonly data?: string;
}

export function register(program: Command): void {
  program
    .command('evaluate')
    .helpGroup('Results:')
    .argument('<run>', 'run folder')
    .addOption(new Option('--split <name>', 'which images').choices(splitNames).default('test'))
    .addOption(
      new Option('--checkpoint <name>', 'best on validation, or last').choices(checkpointNames).default('best'),
    )
    .option('--submission', 'also write isic-submission.csv, as the ISIC 2018 challenge wants it')
    .option('--resamples <count>', 'bootstrap resamples behind the intervals, 0 for none', parseInteger(0), 2000)
    .option('--data <folder>', 'where the data lies now, if it has been moved')
    .description('Score a trained model: accuracy, recall a class, AUROC, confusion matrix, with 95% intervals.')
    .addHelpText(
      'after',
      `
Writes evaluation/<split>/ into the run folder. Each look at the test split is counted in
evaluation/test/log.jsonl: make every choice on validation, and look at test once.

Examples:
  $ lesionlab evaluate runs/first
  $ lesionlab evaluate runs/first --split validation --checkpoint last --json`,
    )
    .action(
      act(async (context, run: string, options: Options) => {
        const result = await evaluateStep(context, { run, ...options });
        return {
          json: { ...result.evaluation, checkpoint: result.checkpoint, files: result.files },
          text: describe(result),
        };
      }),
    );
}

/** What people want to see first of an evaluation. */
export function describe({ evaluation, checkpoint, files }: EvaluateStepResult): string {
  const { images, lesions, split, intervals, perClass, confusionMatrix } = evaluation;
  const headline = formatTable(
    ['', 'value', '95% interval'],
    [
      ['balanced accuracy', formatShare(evaluation.balancedAccuracy), formatInterval(intervals?.balancedAccuracy)],
      ['accuracy', formatShare(evaluation.accuracy), formatInterval(intervals?.accuracy)],
      ['macro AUROC', decimal(evaluation.auroc.macro), formatInterval(intervals?.auroc.macro, decimal)],
      ['macro F1', decimal(evaluation.macroF1), formatInterval(intervals?.macroF1, decimal)],
      ['loss', decimal(evaluation.loss), formatInterval(intervals?.loss, decimal)],
    ],
  );
  const classes = formatTable(
    ['class', 'images', 'recall', '95% interval', 'precision', 'specificity', 'F1', 'AUROC', 'name'],
    perClass.map((row, k) => [
      row.dx,
      formatCount(row.support),
      formatShare(row.recall),
      formatInterval(intervals?.perClass[k].recall),
      formatShare(row.precision),
      formatShare(row.specificity),
      decimal(row.f1),
      decimal(row.auroc),
      row.name,
    ]),
  );
  const matrix = formatTable(
    ['truth \\ answer', ...perClass.map(({ dx }) => dx)],
    confusionMatrix.map((row, k) => [perClass[k].dx, ...row.map(formatCount)]),
  );
  const epoch = checkpoint.epoch === null ? '' : ` (epoch ${checkpoint.epoch})`;
  return [
    `${formatCount(images)} ${split} images of ${formatCount(lesions)} lesions, ${checkpoint.name} checkpoint${epoch}`,
    '',
    headline,
    '',
    classes,
    '',
    matrix,
    '',
    `Wrote ${files.length} files into ${dirname(files[0])}.`,
  ].join('\n');
}

const decimal = (value: number | null) => (value === null ? '-' : value.toFixed(3));
