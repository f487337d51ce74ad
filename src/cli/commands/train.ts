import type { Command } from 'commander';
import { trainRun } from '../../node/steps/run.js';
import { act } from '../commandContext.js';
import { listExcluded } from '../listExcluded.js';
import { addRecipeOptions, presetHelp, type RecipeCommandOptions, runOptions } from '../recipeOptions.js';

export function register(program: Command): void {
  addRecipeOptions(
    program
      .command('train')
      .helpGroup('Pipeline:')
      .argument('<data>', 'folder with the metadata and the images or their zips')
      .description('Split, prepare and train: checkpoints and curves in a run folder.'),
  )
    .addHelpText(
      'after',
      `
${presetHelp}

Ctrl-C saves; the same command with --resume goes on.

Examples:
  $ lesionlab train HAM10000 --run runs/first
  $ lesionlab train HAM10000 --run runs/try --limit 1000 --epochs 5
  $ lesionlab train HAM10000 --run runs/first --resume`,
    )
    .action(
      act(async (context, data: string, options: RecipeCommandOptions) => {
        const { run, epochs, bestEpoch, notes, config, diverged } = await trainRun(
          context,
          runOptions(context, data, options),
          false,
        );
        const best = epochs[bestEpoch - 1];
        const { excluded } = config.data;
        return {
          json: {
            run: run.path,
            epochs: epochs.length,
            bestEpoch,
            best,
            notes,
            parameters: config.model.parameters,
            excluded,
            diverged,
          },
          text: [
            ...listExcluded(excluded),
            ...(diverged === null ? [] : [diverged]),
            `Best epoch: ${bestEpoch} of ${epochs.length}, validation balanced accuracy ` +
              `${(100 * best.validationBalancedAccuracy).toFixed(1)}%.`,
            `Curves: ${run.curves}. Next: lesionlab evaluate ${options.run}`,
          ].join('\n'),
        };
      }),
    );
}
