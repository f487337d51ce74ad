import type { Command } from 'commander';
import { usageError } from '../../errors.js';
import { type CrossValidateStepResult, crossValidateStep, planFolds } from '../../node/jobs/crossValidate.js';
import { estimatePlan } from '../../node/jobs/estimatePlan.js';
import { formatCount } from '../../node/machine/formatQuantity.js';
import type { Spread } from '../../node/steps/poolFolds.js';
import { macroAurocName } from '../../report/metricNames.js';
import { act } from '../commandContext.js';
import { formatDecimal, formatEvaluation } from '../formatEvaluation.js';
import { formatShare } from '../formatShare.js';
import { formatTable } from '../formatTable.js';
import { parseInteger } from '../globalOptions.js';
import { addPlanOptions, formatEstimate, type PlanCommandOptions } from '../planOptions.js';
import { addRecipeOptions, type RecipeCommandOptions, runOptions } from '../recipeOptions.js';

interface Options extends RecipeCommandOptions, PlanCommandOptions {
  readonly folds: number;
}

export function register(command: Command): void {
  addRecipeOptions(command, [
    'cross-validate HAM10000 --run runs/folds',
    'cross-validate HAM10000 --run runs/folds --preset head --weights mobilenet_v2.pth --folds 10',
    'cross-validate HAM10000 --run runs/folds --threads 1',
  ]);
  addPlanOptions(command)
    .addHelpText(
      'after',
      '\nThe folds are jobs of a plan: with fewer --threads than there are cores, several run beside each other.\n`lesionlab jobs <folder>` shows how far they are.',
    )
    .option('--folds <count>', 'parts of the data; one tests, one validates, the others train', parseInteger(3, 100), 5)
    .action(
      act(async (context, data: string[], { folds, on, beside, dryRun, ...options }: Options) => {
        const { run: out, ratios, ...rest } = runOptions(context, data, options);
        if (ratios)
          throw usageError(
            'ratios-of-folds',
            'Folds decide the shares of train, validation and test: --ratios has no say.',
            {
              hint: 'Leave --ratios out, and choose --folds.',
            },
          );
        const asked = { ...rest, out, folds, on, beside, threadsGiven: context.given('threads') };
        if (dryRun) {
          const estimate = await estimatePlan(await planFolds(context, asked), { overwrite: options.overwrite });
          return { json: estimate, text: formatEstimate(estimate) };
        }
        const result = await crossValidateStep(context, asked);
        return { json: result, text: describe(result) };
      }),
    );
}

function describe({ folds, spread, pooled, files }: CrossValidateStepResult): string {
  const both = ({ mean, deviation }: Spread, format: (value: number) => string) =>
    `${format(mean)} ± ${format(deviation)}`;
  return [
    formatTable(
      ['fold', 'images', 'lesions', 'accuracy', 'balanced accuracy', macroAurocName(pooled.perClass.length)],
      [
        ...folds.map((result) => [
          String(result.fold),
          formatCount(result.images),
          formatCount(result.lesions),
          formatShare(result.accuracy),
          formatShare(result.balancedAccuracy),
          formatDecimal(result.macroAuroc),
        ]),
        [
          'mean ± sd',
          '',
          '',
          both(spread.accuracy, formatShare),
          both(spread.balancedAccuracy, formatShare),
          both(spread.macroAuroc, formatDecimal),
        ],
      ],
    ),
    '',
    `All ${formatCount(pooled.images)} images of ${formatCount(pooled.lesions)} lesions together, each by the network that did not see its lesion:`,
    '',
    formatEvaluation(pooled),
    '',
    `Wrote ${files.join(' and ')}.`,
  ].join('\n');
}
