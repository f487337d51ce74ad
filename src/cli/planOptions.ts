import { type Command, Option } from 'commander';
import type { JobStatus } from '../jobs/jobStatus.js';
import { type PathMapping, parseMapping } from '../jobs/mapPaths.js';
import type { PlanEstimate } from '../node/jobs/estimatePlan.js';
import { formatBytes, formatCount, formatDuration } from '../node/machine/formatQuantity.js';
import { formatTable } from './formatTable.js';
import { parseInteger } from './globalOptions.js';

/** Options of the commands that run plans. */
export interface PlanCommandOptions {
  readonly on?: string;
  readonly beside?: number;
  readonly dryRun?: boolean;
}

/** Adds where jobs run, how many at once, and the question of what would run. */
export function addPlanOptions(command: Command): Command {
  return command
    .optionsGroup('Jobs:')
    .option(
      '--on <place>',
      'where they run: `here`, processes on this machine, or another place (docs/jobs.md)',
      'here',
    )
    .option(
      '--beside <count>',
      'jobs at once at most (default: as many as cores and memory allow)',
      parseInteger(1, 1000),
    )
    .option('--dry-run', 'say what would run, and how long, and do nothing');
}

/** Where folders of a plan lie on this machine, in the order in which they are given. */
export const mapOption = (): Option =>
  new Option(
    '--map <there=here>',
    'a folder of the plan, and where it lies on this machine; may be given again',
  ).argParser((text: string, before: readonly PathMapping[] = []) => [...before, parseMapping(text)]);

/** A plan's jobs as a table. */
export function formatJobs(jobs: readonly JobStatus[]): string {
  return formatTable(
    ['job', 'kind', 'state', 'progress', 'left', 'tries'],
    jobs.map(({ id, kind, state, progress, attempts }) => [
      id,
      kind,
      state,
      progress ? `${progress.done} of ${progress.total} epochs` : '',
      state === 'done' || !progress || progress.secondsLeft === null ? '' : formatDuration(progress.secondsLeft),
      attempts > 0 ? String(attempts) : '',
    ]),
  );
}

/** What there is to say of jobs that aren't simply done or to come. */
export function explainJobs(jobs: readonly JobStatus[]): string[] {
  return jobs.flatMap(({ id, state, error, holder, changes, because }) => {
    if (state === 'failed' && error) return [`${id} failed: ${error.message}${error.hint ? ` ${error.hint}` : ''}`];
    if (state === 'running') return [`${id} is at work: ${holder}.`];
    if (state === 'blocked') return [`${id} needs ${because!.join(' and ')}.`];
    if (state === 'changed') return [`${id} has results of other settings: ${changes!.join('; ')}.`];
    return [];
  });
}

/** What would run. */
export function formatEstimate({ jobs, seconds, secondsHere, done, memoryBytes, cacheBytes }: PlanEstimate): string {
  if (jobs.length === 0) return `Nothing is missing: all ${formatCount(done)} jobs are done.`;
  return [
    formatTable(
      ['job', 'kind', 'about'],
      jobs.map(({ id, kind, seconds: own }) => [id, kind, own === null ? '' : formatDuration(own)]),
    ),
    '',
    `${done > 0 ? `${formatCount(done)} jobs are done. ` : ''}The trainings take about ${formatDuration(seconds)} one after another, ${formatDuration(secondsHere)} on this machine's cores;`,
    'what comes after a training (evaluation, export) is not counted.',
    ...(memoryBytes === null
      ? []
      : [
          `The largest takes about ${formatBytes(memoryBytes)} of memory; their prepared images take ${formatBytes(cacheBytes)} of disk in the cache folder.`,
        ]),
    'Nothing was done.',
  ].join('\n');
}
