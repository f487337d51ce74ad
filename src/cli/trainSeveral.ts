import { join, relative } from 'node:path';
import { usageError } from '../errors.js';
import { estimatePlan } from '../node/jobs/estimatePlan.js';
import { planMembers, type TrainMembersResult, trainMembersStep } from '../node/jobs/trainMembers.js';
import type { RunOptions } from '../node/training/planRun.js';
import type { CommandContext, CommandResult } from './commandContext.js';
import { describeMembers } from './describeMembers.js';
import { formatEvaluation } from './formatEvaluation.js';
import { listExcluded } from './listExcluded.js';
import { notices } from './notices.js';
import { formatEstimate, type PlanCommandOptions } from './planOptions.js';

/** Trains the networks of a recipe of several, and shows what they came to together. @param complete also evaluates, explains and reports */
export async function trainSeveral(
  context: CommandContext,
  options: RunOptions,
  { on, beside, dryRun }: PlanCommandOptions,
  complete: boolean,
): Promise<CommandResult> {
  const asked = { ...options, on, beside, complete, threadsGiven: context.given('threads') };
  if (dryRun) {
    const estimate = await estimatePlan(await planMembers(context, asked), { overwrite: options.overwrite });
    return { json: estimate, text: formatEstimate(estimate) };
  }
  const result = await trainMembersStep(context, asked);
  return { json: summarise(result), text: describe(result, options.run, context.quiet) };
}

function summarise({ run, config, evaluation }: TrainMembersResult) {
  return {
    run: run.path,
    ...config.ensemble,
    excluded: config.data.excluded,
    evaluation: evaluation?.evaluation ?? null,
    report: evaluation ? run.report : null,
  };
}

function describe({ run, config, evaluation }: TrainMembersResult, named: string, quiet = false): string {
  const lines = [
    ...listExcluded(config.data.excluded),
    ...describeMembers(config, (member) => relative(process.cwd(), join(run.path, member)) || '.'),
    '',
  ];
  if (!evaluation) return [...lines, `Next: lesionlab evaluate ${named}`].join('\n');
  const { images, lesions } = evaluation.evaluation;
  lines.push(
    `Test split: ${images} images of ${lesions} lesions, the mean of ${config.ensemble.members.length} networks`,
    '',
  );
  lines.push(formatEvaluation(evaluation.evaluation), '');
  if (!quiet) lines.push(...notices(config), '');
  lines.push(`Report: ${run.report}`);
  return lines.join('\n');
}

/** One network is no plan. */
export function refusePlanOptions(context: CommandContext): void {
  const idle = (['on', 'beside', 'dryRun'] as const).find((name) => context.given(name));
  if (idle === undefined) return;
  const option = idle === 'dryRun' ? '--dry-run' : `--${idle}`;
  throw usageError('no-jobs', `${option} is for several jobs, and one training is asked for.`, {
    hint: 'Take a recipe of several networks (--preset best), say how many --seeds to `lesionlab train` with, write a plan (docs/jobs.md), or leave it out.',
  });
}
