import { join } from 'node:path';
import type { Command } from 'commander';
import { ablateStep, planAblation } from '../../node/jobs/ablate.js';
import { estimatePlan } from '../../node/jobs/estimatePlan.js';
import { act } from '../commandContext.js';
import { allowMissingOption, type DataCommandOptions, dataOptions, imageTypeOption } from '../dataOptions.js';
import { ablationRows, formatAblation } from '../formatAblation.js';
import { parseInteger } from '../globalOptions.js';
import { addPlanOptions, formatEstimate, type PlanCommandOptions } from '../planOptions.js';
import { dataHelp } from '../recipeOptions.js';

interface Options extends PlanCommandOptions, DataCommandOptions {
  readonly run: string;
  readonly weights?: string;
  readonly epochs?: number;
  readonly limit?: number;
  readonly excludeUnusable?: boolean;
  readonly resamples?: number;
  readonly resume?: boolean;
  readonly overwrite?: boolean;
}

export function register(command: Command): void {
  command
    .argument('<ablation>', 'file that declares a baseline, what differs from it, and seeds')
    .argument('<data...>', dataHelp)
    .option('--run <folder>', 'folder for the runs and the result', join('runs', 'ablation'))
    .option('--weights <file>', "weights that all begin with, in place of the file's")
    .option('--epochs <count>', "epochs of all trainings, in place of the baseline's", parseInteger(1, 100_000))
    .option('--limit <images>', 'only a stratified subset of about this many images', parseInteger(1))
    .option('--exclude-unusable', 'go on without images that cannot be used')
    .addOption(imageTypeOption())
    .addOption(allowMissingOption())
    .option(
      '--resamples <count>',
      'draws behind what choices have in common (default: 5000)',
      parseInteger(200, 1_000_000),
    )
    .option('--resume', 'go on: train what is missing, what was added to the file since included')
    .option('--overwrite', 'replace the runs in the folder');
  addPlanOptions(command)
    .addHelpText(
      'after',
      `
A recipe's tips, measured: each choice is trained with the baseline's seeds on the same split, and its log loss, macro
AUROC and balanced accuracy on the validation images are compared with the baseline's, paired by seed and lesion and
corrected for the number of choices. The test images are not looked at. docs/recipes.md says what the file holds and how
to read the result; ablation.json and the page ablation.html lie in the folder.

Examples:
  $ lesionlab ablate ablation.yaml HAM10000 --run runs/ablation --weights imagenet
  $ lesionlab ablate ablation.yaml HAM10000 --run runs/ablation --weights imagenet --dry-run
  $ lesionlab ablate ablation.yaml HAM10000 --run runs/ablation --weights imagenet --resume`,
    )
    .action(
      act(async (context, ablation: string, data: string[], options: Options) => {
        const { run: out, weights: weightsFile, epochs, on, beside, dryRun, ...rest } = options;
        const { limit, excludeUnusable, resamples, resume, overwrite } = rest;
        const asked = {
          ...{ ablation, data, out, weightsFile, limit, excludeUnusable, resamples, resume, overwrite, on, beside },
          overrides: { epochs },
          dataOptions: dataOptions(options),
          threadsGiven: context.given('threads'),
        };
        if (dryRun) {
          const estimate = await estimatePlan(await planAblation(context, asked), { overwrite });
          return { json: estimate, text: formatEstimate(estimate) };
        }
        const rows = ablationRows((line) => context.progress.note(line));
        const result = await ablateStep(context, { ...asked, onTrained: rows });
        return { json: result, text: formatAblation(result) };
      }),
    );
}
