import type { Command } from 'commander';
import { formatCount } from '../../node/formatQuantity.js';
import { type LeakNumber, type LeakResult, leakStep } from '../../node/steps/leak.js';
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
    number.flattery === null
      ? '–'
      : `${number.flattery < 0 ? '−' : '+'}${format(Math.abs(number.flattery)).replace('%', '')}`,
  ];
  return [
    formatTable(
      ['', 'split by image', 'split by lesion', 'flattery'],
      [
        row('accuracy', accuracy, formatShare),
        row('balanced accuracy', balancedAccuracy, formatShare),
        row('macro AUROC', macroAuroc, formatDecimal),
        ...classes.map((entry) => row(`sensitivity, ${entry.dx}`, entry, formatShare)),
      ],
    ),
    '',
    `In the split by image, ${formatCount(seen.images)} test images are of lesions that were trained on: ${formatShare(seen.accuracy)} of them are right, of the other`,
    `${formatCount(unseen.images)} ${formatShare(unseen.accuracy)}. Only the split by lesion says how the network does on lesions it has never seen.`,
    '',
    `Wrote ${files.join(', ')}.`,
  ].join('\n');
}
