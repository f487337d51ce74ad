import type { Command } from 'commander';
import { trainsSeveral } from '../../node/jobs/trainMembers.js';
import { runStep } from '../../node/steps/run.js';
import { act } from '../commandContext.js';
import { describeRun, summariseRun } from '../describeRun.js';
import { addPlanOptions, type PlanCommandOptions } from '../planOptions.js';
import { addRecipeOptions, type RecipeCommandOptions, runOptions } from '../recipeOptions.js';
import { refusePlanOptions, trainSeveral } from '../trainSeveral.js';

interface Options extends RecipeCommandOptions, PlanCommandOptions {}

export function register(command: Command): void {
  addRecipeOptions(
    command,
    [
      'run HAM10000 --run runs/first',
      'run HAM10000 --run runs/tutorial --preset guide-lenet',
      'run HAM10000 ISIC2017 --run runs/both --test-on isic2017',
      'run HAM10000 --run runs/best --preset best --weights imagenet',
    ],
    { given: true },
  );
  addPlanOptions(command).action(
    act(async (context, data: string[], options: Options) => {
      const asked = runOptions(context, data, options);
      if (await trainsSeveral(asked)) return await trainSeveral(context, asked, options, true);
      refusePlanOptions(context);
      const result = await runStep(context, asked);
      return { json: summariseRun(result), text: describeRun(result, { quiet: context.quiet }) };
    }),
  );
}
