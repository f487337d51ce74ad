import type { Command } from 'commander';
import { runStep } from '../../node/steps/run.js';
import { act } from '../commandContext.js';
import { describeRun, summariseRun } from '../describeRun.js';
import { addRecipeOptions, type RecipeCommandOptions, runOptions } from '../recipeOptions.js';

export function register(command: Command): void {
  addRecipeOptions(
    command,
    [
      'run HAM10000 --run runs/first',
      'run HAM10000 --run runs/tutorial --preset guide-lenet',
      'run HAM10000 ISIC2017 --run runs/both --test-on isic2017',
    ],
    { given: true },
  ).action(
    act(async (context, data: string[], options: RecipeCommandOptions) => {
      const result = await runStep(context, runOptions(context, data, options));
      return { json: summariseRun(result), text: describeRun(result, { quiet: context.quiet }) };
    }),
  );
}
