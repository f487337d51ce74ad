import type { Command } from 'commander';
import { estimatePlan } from '../../node/jobs/estimatePlan.js';
import { trainsSeveral } from '../../node/jobs/trainMembers.js';
import { planSeeds, type TrainSeedsResult, trainSeedsStep } from '../../node/jobs/trainSeeds.js';
import { trainRun } from '../../node/steps/run.js';
import { act, type CommandContext, type CommandResult } from '../commandContext.js';
import { formatShare } from '../formatShare.js';
import { formatTable } from '../formatTable.js';
import { parseInteger } from '../globalOptions.js';
import { listExcluded } from '../listExcluded.js';
import { addPlanOptions, formatEstimate, type PlanCommandOptions } from '../planOptions.js';
import { addRecipeOptions, type RecipeCommandOptions, runOptions } from '../recipeOptions.js';
import { refusePlanOptions, trainSeveral } from '../trainSeveral.js';

interface Options extends RecipeCommandOptions, PlanCommandOptions {
  readonly seeds?: number;
}

export function register(command: Command): void {
  addRecipeOptions(
    command,
    [
      'train HAM10000 --run runs/first',
      'train HAM10000 --run runs/try --limit 1000 --epochs 5',
      'train HAM10000 --run runs/first --resume',
      'train HAM10000 --run runs/seeds --seeds 5',
    ],
    { given: true },
  );
  addPlanOptions(command)
    .option(
      '--seeds <count>',
      'train with so many seeds on one split, each into a folder in that of --run: jobs of a plan',
      parseInteger(2, 1000),
    )
    .action(
      act(async (context, data: string[], options: Options) => {
        if (options.seeds !== undefined) return await trainSeeds(context, data, options, options.seeds);
        const asked = runOptions(context, data, options);
        if (await trainsSeveral(asked)) return await trainSeveral(context, asked, options, false);
        refusePlanOptions(context);
        const { run, epochs, bestEpoch, notes, config, diverged, endedEarly } = await trainRun(context, asked);
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

async function trainSeeds(
  context: CommandContext,
  data: readonly string[],
  options: Options,
  seeds: number,
): Promise<CommandResult> {
  const { run: out, ...rest } = runOptions(context, data, options);
  const { on, beside, dryRun, overwrite } = options;
  const asked = { ...rest, out, seeds, on, beside, threadsGiven: context.given('threads') };
  if (dryRun) {
    const estimate = await estimatePlan(await planSeeds(context, asked), { overwrite });
    return { json: estimate, text: formatEstimate(estimate) };
  }
  const result = await trainSeedsStep(context, asked);
  return { json: result, text: describeSeeds(result, out) };
}

function describeSeeds({ runs }: TrainSeedsResult, out: string): string {
  return [
    formatTable(
      ['run', 'seed', 'epochs', 'best epoch', 'validation balanced accuracy'],
      runs.map(({ run, seed, epochs, bestEpoch, validationBalancedAccuracy }) => [
        run,
        String(seed),
        String(epochs),
        String(bestEpoch),
        formatShare(validationBalancedAccuracy),
      ]),
    ),
    '',
    `Next: lesionlab ensemble ${out} --run ${out}-ensemble`,
  ].join('\n');
}
