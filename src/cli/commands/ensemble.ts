import { join, relative } from 'node:path';
import { type Command, Option } from 'commander';
import type { DataPaths } from '../../node/dataset/openDatasets.js';
import { membersOfPlans } from '../../node/jobs/membersOfPlans.js';
import { formatCount } from '../../node/machine/formatQuantity.js';
import { type CheckpointName, checkpointNames } from '../../node/run/checkpointFile.js';
import { type EnsembleStepResult, ensembleStep } from '../../node/steps/ensemble.js';
import { type Weighting, weightings } from '../../training/recipe/ensembleConfig.js';
import { act } from '../commandContext.js';
import { movedDataOption } from '../dataOptions.js';
import { formatDecimal } from '../formatEvaluation.js';
import { formatShare } from '../formatShare.js';
import { formatTable } from '../formatTable.js';
import { notices } from '../notices.js';

interface Options {
  readonly run: string;
  readonly weighting: Weighting;
  readonly checkpoint: CheckpointName;
  readonly data?: DataPaths;
  readonly overwrite?: boolean;
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
    .addOption(movedDataOption())
    .option('--overwrite', 'replace the run in the folder')
    .addHelpText(
      'after',
      `
The folder is a run like any other: evaluate, explain, export, predict, report and compare take it. It names
its members by relative paths and needs their checkpoints, so move or copy them together. Networks,
image sizes and normalisations may differ (export wants one image size); classes, images and split may
not: train members with other seeds on one split with --seeds or --split-seed. Folds of a cross-validation
are other splits: they are pooled, never averaged. Of seeds, evaluate also says how each does alone.

Weights and calibration come from the validation split alone; test images are not looked at.

Examples:
  $ lesionlab train HAM10000 --run runs/a
  $ lesionlab train HAM10000 --run runs/b --seed 1 --split-seed 0
  $ lesionlab ensemble runs/a runs/b --run runs/ensemble
  $ lesionlab train HAM10000 --run runs/seeds --seeds 5
  $ lesionlab ensemble runs/seeds --run runs/ensemble
  $ lesionlab ensemble runs/a runs/b runs/c --run runs/weighted --weighting validation`,
    )
    .action(
      act(async (context, members: string[], options: Options) => {
        const result = await ensembleStep(context, { ...options, members: await membersOfPlans(members) });
        for (const line of notices(result.config)) context.progress.note(line);
        return {
          json: { ...result, config: undefined, ...result.config.ensemble },
          text: describe(result, options.run),
        };
      }),
    );
}

function describe({ run, config }: EnsembleStepResult, named: string): string {
  const { members, method, validation } = config.ensemble;
  const { images, lesions, equal, weighted } = validation;
  const score = (of: typeof equal) => [formatShare(of.balancedAccuracy), formatDecimal(of.loss)];
  const table = formatTable(
    ['member', 'network', 'weight', 'balanced accuracy', 'loss'],
    [
      ...members.map((member) => [
        relative(process.cwd(), join(run, member.run)) || '.',
        member.model,
        formatDecimal(member.weight),
        ...score(member.validation),
      ]),
      ['mean of all', '', '', ...score(equal)],
      ...(config.ensemble.weighting === 'equal' ? [] : [['with the weights', '', '', ...score(weighted)]]),
    ],
  );
  const unused = members.filter(({ weight }) => weight === 0).length;
  return [
    `On the ${formatCount(images)} validation images of ${formatCount(lesions)} lesions:`,
    '',
    table,
    '',
    `Weights: ${method}.`,
    ...(config.ensemble.weighting === 'equal'
      ? []
      : ['They were chosen on these very images, which flatters the last line: the test split will tell.']),
    ...(unused > 0 ? [`Not used, since they add nothing: ${unused} of ${members.length} members.`] : []),
    `Next: lesionlab evaluate ${named}`,
  ].join('\n');
}
