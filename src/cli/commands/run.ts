import type { Command } from 'commander';
import { runStep } from '../../node/steps/run.js';
import { act } from '../commandContext.js';
import { describeRun, summariseRun } from '../describeRun.js';
import { addRecipeOptions, presetHelp, type RecipeCommandOptions, runOptions } from '../recipeOptions.js';

export function register(program: Command): void {
  addRecipeOptions(
    program
      .command('run')
      .helpGroup('Begin here:')
      .argument('<data>', 'folder with the metadata and the images or their zips')
      .description(
        'The whole pipeline into one run folder: explore, split, prepare, train, evaluate, explain, export, report.',
      ),
  )
    .addHelpText(
      'after',
      `
${presetHelp}

Ctrl-C saves; the same command with --resume goes on.

Examples:
  $ lesionlab run HAM10000 --run runs/first
  $ lesionlab run HAM10000 --run runs/tutorial --preset guide-lenet`,
    )
    .action(
      act(async (context, data: string, options: RecipeCommandOptions) => {
        const result = await runStep(context, runOptions(context, data, options));
        return { json: summariseRun(result), text: describeRun(result) };
      }),
    );
}
