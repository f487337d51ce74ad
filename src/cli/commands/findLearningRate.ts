import { join } from 'node:path';
import type { Command } from 'commander';
import { type FindLearningRateStepResult, findLearningRateStep } from '../../node/steps/findLearningRate.js';
import { defaultLearningRateRange } from '../../training/findLearningRate.js';
import { act } from '../commandContext.js';
import { dataOptions } from '../dataOptions.js';
import { parseInteger, parseNumber } from '../globalOptions.js';
import { addDataOptions, networkChoices, type RecipeCommandOptions, recipeOverrides } from '../recipeOptions.js';
import { addUpdateOptions } from '../settingOptions.js';

interface Options extends RecipeCommandOptions {
  readonly out: string;
  readonly lowest: number;
  readonly highest: number;
  readonly steps: number;
}

const defaultFolder = join('runs', 'learning-rate');

export function register(command: Command): void {
  const { lowest, highest, steps } = defaultLearningRateRange;

  addUpdateOptions(addDataOptions(command))
    .optionsGroup('Search:')
    .option('--out <folder>', 'where to write', defaultFolder)
    .option('--lowest <rate>', 'learning rate of the first step', parseNumber(1e-12, 100), lowest)
    .option('--highest <rate>', 'learning rate of the last step', parseNumber(1e-12, 1000), highest)
    .option('--steps <count>', 'batches to train on', parseInteger(20, 100_000), steps)
    .addHelpText(
      'after',
      `
Writes learning-rate.svg, learning-rate.csv and learning-rate.json. It ends early once the loss is four times its lowest. The data is
split as \`train\` with the same --seed does, and only the training split is used. The suggestion is for the highest learning rate of a
schedule, with the same network, weights, batch size and optimizer.

Examples:
  $ lesionlab find-lr HAM10000
  $ lesionlab find-lr HAM10000 --model resnet18 --weights resnet18-f37072fd.pth --freeze layer2 --optimizer sgd`,
    )
    .action(
      act(async (context, data: string[], options: Options) => {
        const { out, preset, recipe, member, weights, limit, ratios, splitSeed, excludeUnusable } = options;
        const result = await findLearningRateStep(context, {
          data,
          out,
          preset,
          recipe,
          member,
          overrides: recipeOverrides(options),
          network: networkChoices(options),
          weightsFile: weights,
          limit,
          ratios,
          splitSeed,
          excludeUnusable,
          dataOptions: dataOptions(options),
          range: { lowest: options.lowest, highest: options.highest, steps: options.steps },
        });
        const { records, ...found } = result;
        return { json: { folder: out, steps: records.length, ...found }, text: describe(result) };
      }),
    );
}

const show = (rate: number) => Number(rate.toPrecision(2)).toString();

function describe({ steepest, minimum, tenthOfMinimum, reason, records, files }: FindLearningRateStepResult): string {
  const lines: string[] = [];
  if (steepest === null || minimum === null || tenthOfMinimum === null)
    lines.push('No suggestion: the loss never fell. Try other --lowest and --highest, or more --steps.');
  else {
    lines.push(
      `Suggested learning rate: ${show(steepest)}, where the loss fell steepest.`,
      `The loss was lowest at ${show(minimum)}; a tenth of that, ${show(tenthOfMinimum)}, is the other usual choice.`,
    );
    if (reason === 'all-steps' && minimum === records.at(-1)?.learningRate)
      lines.push('The loss was still falling at the end: a --highest above that may show more.');
  }
  const ends = {
    'all-steps': `All ${records.length} steps were taken.`,
    'loss-rose': `It ended after ${records.length} steps, once the loss was four times its lowest.`,
    diverged: `It ended after ${records.length} steps, when the loss was no longer a number.`,
    interrupted: '',
  };
  return [...lines, ends[reason], `Wrote ${files.join(', ')}.`].join('\n');
}
