import type { Command } from 'commander';
import type { LeakNumber } from '../../evaluation/index.js';
import { formatCount } from '../../node/formatQuantity.js';
import { type LeakResult, leakStep } from '../../node/steps/leak.js';
import { act } from '../commandContext.js';
import { formatDecimal } from '../formatEvaluation.js';
import { formatInterval, formatShare } from '../formatShare.js';
import { formatTable } from '../formatTable.js';
import { addRecipeOptions, type RecipeCommandOptions, runOptions } from '../recipeOptions.js';

export function register(program: Command): void {
  const command = program
    .command('leak')
    .helpGroup('Results:')
    .description(
      'Train the same network with a split by image and with one by lesion, and show how much the first flatters.',
    );
  addRecipeOptions(command, ['leak HAM10000 --run runs/leak', 'leak HAM10000 --run runs/leak --epochs 10']).action(
    act(async (context, data: string, options: RecipeCommandOptions) => {
      const { run: out, ...rest } = runOptions(context, data, options);
      const result = await leakStep(context, { ...rest, out });
      return { json: result, text: describe(result) };
    }),
  );
}

function describe(result: LeakResult): string {
  const { accuracy, balancedAccuracy, macroAuroc, classes, seen, unseen, files } = result;
  const row = (title: string, number: LeakNumber, format: (value: number | null) => string) => [
    title,
    `${format(number.byImage)} (${formatInterval(number.byImageInterval, format)})`,
    `${format(number.byLesion)} (${formatInterval(number.byLesionInterval, format)})`,
    formatFlattery(number, format),
  ];
  return [
    formatTable(
      ['', 'split by image', 'split by lesion', 'flattery'],
      [
        row('accuracy', accuracy, percent),
        row('balanced accuracy', balancedAccuracy, percent),
        row('macro AUROC', macroAuroc, formatDecimal),
        ...classes.map((entry) => row(`${entry.dx} (recall)`, entry, percent)),
      ],
    ),
    '',
    'Shares in percent, differences in points; in brackets 95% intervals.',
    `In the split by image, ${formatCount(seen.images)} test images are of lesions that were trained on:`,
    `${formatShare(seen.accuracy)} of them are right, of the other ${formatCount(unseen.images)} ${formatShare(unseen.accuracy)}.`,
    'Only the split by lesion says how the network does on lesions it has never seen.',
    '',
    `Wrote ${files.join(', ')}.`,
  ].join('\n');
}

/** The column's heading says what it is a share of. */
const percent = (share: number | null): string => formatShare(share).replace('%', '');

/** A difference with its sign, and its interval. */
function formatFlattery({ flattery, flatteryInterval }: LeakNumber, format: (value: number | null) => string): string {
  const withSign = (value: number) => `${value < 0 ? '−' : '+'}${format(Math.abs(value))}`;
  if (flattery === null) return '–';
  return `${withSign(flattery)} (${formatInterval(flatteryInterval, withSign)})`;
}
