import type { Command } from 'commander';
import { formatCount } from '../../node/machine/formatQuantity.js';
import { type CompareStepResult, compareStep, type RunComparison } from '../../node/steps/compare.js';
import { metricName } from '../../report/metricNames.js';
import { act } from '../commandContext.js';
import { formatDecimal } from '../formatEvaluation.js';
import { formatInterval, signed } from '../formatShare.js';
import { formatTable } from '../formatTable.js';
import { parseInteger } from '../globalOptions.js';

interface Options {
  readonly split: string;
  readonly on?: string;
  readonly resamples: number;
}

export function register(command: Command): void {
  command
    .argument('<runs...>', 'run folders; the others are compared with the first')
    .option('--split <name>', 'which evaluation of each', 'test')
    .option(
      '--on <split file>',
      'compare on the test images of a split file, which none of the runs may have learned from',
    )
    .option(
      '--resamples <count>',
      'bootstrap resamples behind the intervals; 0: no intervals',
      parseInteger(0, 100_000),
      2000,
    )
    .addHelpText(
      'after',
      `
Each resample draws lesions (or patients, where the data name them) once and scores every run on them, so that what is hard for all runs does not blur their difference. Runs
must have been split with the same seed and ratios (or by the same split file), and evaluated.

Examples:
  $ lesionlab compare runs/first runs/second
  $ lesionlab compare runs/first runs/second runs/third --split validation
  $ lesionlab compare runs/first runs/judged-theirs --on HAM10000.split.csv`,
    )
    .action(
      act(async (context, runs: string[], options: Options) => {
        const result = await compareStep(context, { runs, ...options });
        return { json: result, text: describe(result) };
      }),
    );
}

function describe({ reference, split, classes, on, notes, comparisons }: CompareStepResult): string {
  const where = on ? [`On the test images of ${on.file} (SHA-256 ${on.sha256}).`] : [];
  return [
    ...where,
    ...comparisons.map((comparison) => describeOne(reference, split, classes, comparison)),
    ...notes,
  ].join('\n\n');
}

function describeOne(
  reference: string,
  split: string,
  classes: number,
  { run, images, lesions, clusters, metrics, mcNemar }: RunComparison,
): string {
  const table = formatTable(
    ['', reference, run, 'difference', '95% interval'],
    metrics.map(({ metric, first, second, difference, interval }) => [
      metricName(metric, classes),
      formatDecimal(first),
      formatDecimal(second),
      signed(difference),
      formatInterval(interval, signed),
    ]),
  );
  const { onlyFirst, onlySecond, pValue } = mcNemar;
  return [
    `${run} against ${reference}, on the same ${formatCount(images)} ${split} images of ${formatCount(lesions)} lesions${clusters?.of === 'patient' ? ` and ${formatCount(clusters.count)} patients, who are drawn` : ''}`,
    '',
    table,
    '',
    `Only ${reference} is right about ${formatCount(onlyFirst)} images, only ${run} about ${formatCount(onlySecond)}: McNemar's exact test gives`,
    `p = ${pValue < 0.001 ? pValue.toExponential(1) : pValue.toFixed(3)}, as if images were independent. An interval that holds 0 shows no difference.`,
  ].join('\n');
}
