import type { Command } from 'commander';
import { trainRun } from '../../node/steps/run.js';
import { act } from '../commandContext.js';
import { listExcluded } from '../listExcluded.js';
import { addRecipeOptions, type RecipeCommandOptions, runOptions } from '../recipeOptions.js';

export function register(program: Command): void {
  const command = program
    .command('train')
    .helpGroup('Pipeline:')
    .description('Split, prepare and train: checkpoints and curves in a run folder.');
  addRecipeOptions(
    command,
    [
      'train HAM10000 --run runs/first',
      'train HAM10000 --run runs/try --limit 1000 --epochs 5',
      'train HAM10000 --run runs/first --resume',
    ],
    { given: true },
  ).action(
    act(async (context, data: string[], options: RecipeCommandOptions) => {
      const { run, epochs, bestEpoch, notes, config, diverged, endedEarly } = await trainRun(
        context,
        runOptions(context, data, options),
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
          endedEarly,
        },
        text: [
          ...listExcluded(excluded),
          ...(diverged === null ? [] : [diverged]),
          ...(endedEarly === null ? [] : [endedEarly]),
          `Best epoch: ${bestEpoch} of ${epochs.length}, validation balanced accuracy ` +
            `${(100 * best.validationBalancedAccuracy).toFixed(1)}%.`,
          `Curves: ${run.curves}. Next: lesionlab evaluate ${options.run}`,
        ].join('\n'),
      };
    }),
  );
}
