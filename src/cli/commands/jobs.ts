import type { Command } from 'commander';
import { LesionlabError } from '../../errors.js';
import type { JobStatus } from '../../jobs/jobStatus.js';
import type { PathMapping } from '../../jobs/mapPaths.js';
import type { WorkAtSlurm } from '../../jobs/work.js';
import { estimatePlan } from '../../node/jobs/estimatePlan.js';
import { openPlan } from '../../node/jobs/openPlan.js';
import { readStatus } from '../../node/jobs/readStatus.js';
import { runPlan } from '../../node/jobs/runPlan.js';
import { type CallSlurm, callSlurm } from '../../node/jobs/slurm/callSlurm.js';
import { readAtSlurm, wasAtSlurm } from '../../node/jobs/slurm/readAtSlurm.js';
import { formatCount } from '../../node/machine/formatQuantity.js';
import { act } from '../commandContext.js';
import {
  addPlanOptions,
  explainJobs,
  formatEstimate,
  formatJobs,
  mapOption,
  type PlanCommandOptions,
} from '../planOptions.js';

interface Options extends PlanCommandOptions {
  readonly run?: string;
  readonly resume?: boolean;
  readonly overwrite?: boolean;
  readonly map?: readonly PathMapping[];
}

export function register(command: Command): void {
  command
    .argument('<plan>', 'file of a plan, or the folder that holds its plan.json')
    .option('--resume', 'run what is missing: begin, or go on')
    .option('--overwrite', 'run all of it, and replace what is there')
    .option('--run <folder>', "folder for the results (default: the plan's own)")
    .addOption(mapOption());
  addPlanOptions(command)
    .addHelpText(
      'after',
      `
A plan says what is to be done: trainings, evaluations, exports, each with its settings, its threads and the
folder of its results. \`cross-validate\`, \`leak\` and \`train --seeds\` make one; docs/jobs.md says how to write one.
How it stands is read from the run folders: what is done is not done again.

Examples:
  $ lesionlab jobs runs/folds
  $ lesionlab jobs runs/folds --resume
  $ lesionlab jobs study.yaml --run runs/study --dry-run`,
    )
    .action(
      act(async (context, path: string, options: Options) => {
        const opened = await openPlan(context, path, options.run);
        const { on, beside, resume, overwrite, dryRun, map: mappings } = options;
        if (dryRun) {
          const estimate = await estimatePlan(opened, { overwrite });
          return { json: estimate, text: formatEstimate(estimate) };
        }
        if (!resume && !overwrite) {
          const jobs = await readStatus(opened);
          const isOpen = jobs.some(({ state }) => ['ready', 'waiting', 'failed'].includes(state));
          const slurm = isOpen && wasAtSlurm(opened) ? await readAtSlurm(askBriefly, opened) : undefined;
          const isAtSlurm = slurm !== undefined && slurm.running + slurm.waiting > 0;
          const next =
            isOpen && !isAtSlurm
              ? `Run what is missing: lesionlab jobs ${path}${options.run ? ` --run ${options.run}` : ''} --resume`
              : undefined;
          return {
            json: { folder: opened.folder, hash: opened.hash, jobs, ...(slurm && { slurm }) },
            text: describe(jobs, slurm && describeAtSlurm(slurm), next),
          };
        }
        const { jobs, errors } = await runPlan(context, opened, { on, beside, resume, overwrite, mappings });
        const [first] = errors.values();
        const failed = errors.size === 0 ? 0 : first instanceof LesionlabError ? first.exitStatus : 1;
        return {
          json: { folder: opened.folder, hash: opened.hash, jobs },
          text: describe(jobs),
          exitStatus: failed,
        };
      }),
    );
}

/** Whoever looks how a plan stands does not wait for a controller that is away. */
const askBriefly: CallSlurm = (program, words) => callSlurm(program, words, 10);

function describeAtSlurm({ arrays, running, waiting, reasons, unanswered }: WorkAtSlurm): string {
  if (unanswered !== undefined)
    return `It was given to Slurm, which can't be asked from here: ${unanswered.replace(/\.?$/, '.')} Tasks of it may still wait or run there.`;
  if (running + waiting === 0) return 'It was given to Slurm, where nothing of it waits or runs any more.';
  const why = reasons.length > 0 ? ` (${reasons.join(', ')})` : '';
  return `At Slurm (${arrays.length === 1 ? 'array' : 'arrays'} ${arrays.join(', ')}): tasks that run: ${formatCount(running)}, that wait: ${formatCount(waiting)}${why}.`;
}

function describe(jobs: readonly JobStatus[], ...more: readonly (string | undefined)[]): string {
  const done = jobs.filter(({ state }) => state === 'done').length;
  return [
    formatJobs(jobs),
    '',
    `${formatCount(done)} of ${formatCount(jobs.length)} jobs are done.`,
    ...explainJobs(jobs),
    ...more.filter((line) => line !== undefined),
  ].join('\n');
}
