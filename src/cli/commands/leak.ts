import type { Command } from 'commander';
import type { LeakNumber } from '../../evaluation/outside/leakDemonstration.js';
import { estimatePlan } from '../../node/jobs/estimatePlan.js';
import { type LeakResult, leakStep, planLeak } from '../../node/jobs/leak.js';
import { formatCount } from '../../node/machine/formatQuantity.js';
import { macroAurocName } from '../../report/metricNames.js';
import { act } from '../commandContext.js';
import { formatShare } from '../formatShare.js';
import { formatTable } from '../formatTable.js';
import { addPlanOptions, formatEstimate, type PlanCommandOptions } from '../planOptions.js';
import { addRecipeOptions, type RecipeCommandOptions, runOptions } from '../recipeOptions.js';

export function register(command: Command): void {
  addRecipeOptions(command, ['leak HAM10000 --run runs/leak', 'leak HAM10000 --run runs/leak --epochs 10']);
  addPlanOptions(command).action(
    act(async (context, data: string[], options: RecipeCommandOptions & PlanCommandOptions) => {
      const { run: out, ...rest } = runOptions(context, data, options);
      const { on, beside, dryRun } = options;
      const asked = { ...rest, out, on, beside, threadsGiven: context.given('threads') };
      if (dryRun) {
        const estimate = await estimatePlan(await planLeak(context, asked), { overwrite: options.overwrite });
        return { json: estimate, text: formatEstimate(estimate) };
      }
      const result = await leakStep(context, asked);
      return { json: result, text: describe(result) };
    }),
  );
}

function describe(result: LeakResult): string {
  const { accuracy, balancedAccuracy, macroAuroc, classes, seen, unseen, files } = result;
  return [
    formatTable(
      ['', 'split by image', 'split by lesion', 'flattery'],
      [
        ['accuracy', ...inPercent(accuracy)],
        ['balanced accuracy', ...inPercent(balancedAccuracy)],
        [
          macroAurocName(classes.length),
          ...formatNumbers(
            macroAuroc,
            (value) => value.toFixed(3),
            (value) => value.toFixed(2),
          ),
        ],
        ...classes.map((entry) => [`${entry.dx} (recall)`, ...inPercent(entry)]),
      ],
    ),
    '',
    'Shares in percent, differences in points; in brackets 95% intervals.',
    `In the split by image, ${formatCount(seen.images)} test images are of lesions that were trained on:`,
    `${formatShare(seen.accuracy)} of them are right, of the other ${formatCount(unseen.images)} ${formatShare(unseen.accuracy)}.`,
    'Only the split by lesion says how the network does on lesions it has never seen.',
    '',
    `Wrote ${files.join(', ')}.`,
  ].join('\n');
}

const inPercent = (number: LeakNumber) =>
  formatNumbers(
    number,
    (share) => (100 * share).toFixed(1),
    (share) => (100 * share).toFixed(0),
  );

/** Both numbers and their difference, each with its interval: shorter there, so that a terminal of 80 columns has room. */
function formatNumbers(number: LeakNumber, show: (value: number) => string, brief: (value: number) => string) {
  const { byImage, byImageInterval, byLesion, byLesionInterval, flattery, flatteryInterval } = number;
  const cell = (value: number | null, interval: LeakNumber['byImageInterval']) =>
    value === null ? '–' : `${show(value)} (${interval ? interval.map(brief).join('–') : '–'})`;
  const signed = (value: number, words: (value: number) => string) =>
    `${value < 0 ? '−' : '+'}${words(Math.abs(value))}`;
  const difference =
    flattery === null
      ? '–'
      : `${signed(flattery, show)} (${flatteryInterval ? flatteryInterval.map((bound) => signed(bound, brief)).join(' to ') : '–'})`;
  return [cell(byImage, byImageInterval), cell(byLesion, byLesionInterval), difference];
}
