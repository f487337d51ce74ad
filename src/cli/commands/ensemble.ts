import { join, relative } from 'node:path';
import { type Command, Option } from 'commander';
import { usageError } from '../../errors.js';
import type { DataPaths } from '../../node/dataset/openDatasets.js';
import { membersOfPlans } from '../../node/jobs/membersOfPlans.js';
import { type CheckpointName, checkpointNames } from '../../node/run/checkpointFile.js';
import { type EnsembleStepResult, ensembleStep } from '../../node/steps/ensemble.js';
import { foldsModelStep } from '../../node/steps/foldsModel.js';
import { type Weighting, weightings } from '../../training/recipe/ensembleConfig.js';
import { act, type CommandContext } from '../commandContext.js';
import { movedDataOption } from '../dataOptions.js';
import { describeMembers } from '../describeMembers.js';
import { notices } from '../notices.js';

interface Options {
  readonly run: string;
  readonly weighting: Weighting;
  readonly checkpoint: CheckpointName;
  readonly data?: DataPaths;
  readonly overwrite?: boolean;
  readonly forNewData?: boolean;
}

const defaultRun = join('runs', 'ensemble');

export function register(command: Command): void {
  command
    .argument('<runs...>', 'run folders, trained on the same split; or a plan of them, as `train --seeds` makes it')
    .option('--run <folder>', 'run folder to make', defaultRun)
    .addOption(
      new Option('--weighting <how>', 'all members alike, or weights chosen on the validation split')
        .choices(weightings)
        .default('equal'),
    )
    .addOption(
      new Option('--checkpoint <name>', 'of each member: best on validation, or last')
        .choices(checkpointNames)
        .default('best'),
    )
    .option(
      '--for-new-data',
      'of the folds of a cross-validation: a model for other images, with their pooled results in place of a test',
    )
    .addOption(movedDataOption())
    .option('--overwrite', 'replace the run in the folder')
    .addHelpText(
      'after',
      `
The folder is a run like any other: evaluate, explain, export, predict, report and compare take it. It names
its members by relative paths and needs their checkpoints, so move or copy them together. Networks,
image sizes and normalisations may differ (export wants one image size); classes, images and split may
not: train members with other seeds on one split with --seeds or --split-seed. Folds of a cross-validation
are other splits: on their own images they are pooled, never averaged. With --for-new-data their mean
answers about other images; nothing of their own can test it, and its report has the pooled results.
Of seeds, evaluate also says how each does alone.

Weights and calibration come from the validation split alone; test images are not looked at.

Examples:
  $ lesionlab train HAM10000 --run runs/a
  $ lesionlab train HAM10000 --run runs/b --seed 1 --split-seed 0
  $ lesionlab ensemble runs/a runs/b --run runs/ensemble
  $ lesionlab train HAM10000 --run runs/seeds --seeds 5
  $ lesionlab ensemble runs/seeds --run runs/ensemble
  $ lesionlab ensemble runs/a runs/b runs/c --run runs/weighted --weighting validation
  $ lesionlab ensemble runs/folds --run runs/model --for-new-data`,
    )
    .action(
      act(async (context, members: string[], options: Options) => {
        const { forNewData = false, ...asked } = options;
        if (forNewData) refuseOfFolds(context);
        const runs = await membersOfPlans(members, forNewData);
        const result = await (forNewData ? foldsModelStep : ensembleStep)(context, { ...asked, members: runs });
        for (const line of notices(result.config)) context.progress.note(line);
        return {
          json: { ...result, config: undefined, ...result.config.ensemble },
          text: describe(result, options.run),
        };
      }),
    );
}

/** Options that would want images which none of the folds learned from. */
function refuseOfFolds(context: CommandContext): void {
  const idle = (['weighting', 'data'] as const).find((name) => context.given(name));
  if (idle === undefined) return;
  throw usageError(
    'idle-option',
    `--${idle} and --for-new-data exclude each other: every image taught some of the folds, and none is looked at.`,
    { hint: `Leave --${idle} out.` },
  );
}

function describe({ run, config }: EnsembleStepResult, named: string): string {
  return [
    ...describeMembers(config, (member) => relative(process.cwd(), join(run, member)) || '.'),
    config.ensemble.folds
      ? `Next: lesionlab report ${named}, and lesionlab evaluate ${named} --data <other data>`
      : `Next: lesionlab evaluate ${named}`,
  ].join('\n');
}
