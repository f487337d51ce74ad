import type { JobState } from '../../../src/jobs/jobStatus.js';
import type { WorkJob, WorkPlan } from '../../../src/jobs/work.js';
import { formatCountOf } from '../../../src/report/format.js';

/** How a plan stands, for readers. */
export type PlanStanding = 'running' | 'waiting' | 'elsewhere' | 'done' | 'failed' | 'stopped' | 'new';

/** By its jobs, where this server has it not in hand. What was done, and made anew since, counts as done. */
export function standingOf(plan: WorkPlan): PlanStanding {
  const { state, holder, jobs, error } = plan;
  if (state !== 'resting') return state;
  if (holder !== undefined || isAtSlurm(plan) || jobs.some((job) => job.state === 'running')) return 'elsewhere';
  if (jobs.some((job) => failedStates.has(job.state)) || error !== undefined) return 'failed';
  if (jobs.every(isDone)) return 'done';
  return jobs.some((job) => isDone(job) || job.attempts > 0) ? 'stopped' : 'new';
}

const failedStates: ReadonlySet<JobState> = new Set(['failed', 'blocked', 'changed']);

/** Whether its results are there, those that were made anew by others since included. */
export const isDone = ({ state, again }: WorkJob): boolean => state === 'done' || again === true;

/** A plan's standing in words. */
export function standingWords(plan: WorkPlan): string {
  const words: Readonly<Record<PlanStanding, string>> = {
    running: 'running',
    waiting: plan.turn === 1 ? 'waits: it is next' : `waits: number ${plan.turn} in the queue`,
    elsewhere: waitsAtSlurm(plan) ? 'waits for Slurm' : isBegun(plan) ? 'running elsewhere' : 'waits elsewhere',
    done: 'done',
    failed: 'failed',
    stopped: 'stopped, saved',
    new: 'not begun',
  };
  const standing = standingOf(plan);
  const [only] = plan.jobs.length === 1 ? plan.jobs : [];
  const epochs =
    standing === 'stopped' && only?.progress ? ` after ${only.progress.done} of ${only.progress.total} epochs` : '';
  const done = plan.jobs.filter(isDone).length;
  const partly = done > 0 || standing === 'running';
  const some =
    partly && plan.jobs.length > 1 && done < plan.jobs.length ? `; ${done} of ${plan.jobs.length} jobs done` : '';
  return words[standing] + epochs + some;
}

/** Whether Slurm has tasks of it that wait or run. */
export const isAtSlurm = ({ slurm }: Pick<WorkPlan, 'slurm'>): boolean =>
  slurm !== undefined && slurm.waiting + slurm.running > 0;

/** Whether something of it is done at this moment, as far as others tell. */
const isBegun = ({ slurm, jobs }: WorkPlan) =>
  (slurm?.running ?? 0) > 0 || jobs.some(({ state }) => state === 'running');

const waitsAtSlurm = (plan: WorkPlan) => isAtSlurm(plan) && !isBegun(plan);

/** A plan as readers call it: those in runs that are there already lie in a folder of their own, which is of no interest. */
export const shownName = (name: string): string => name.replace(/^work\//, '');

/** What a plan does: `Training on HAM10000`. */
export function planTitle({ jobs }: WorkPlan): string {
  const of = (kind: WorkJob['kind']) => jobs.filter((job) => job.kind === kind);
  const trainings = of('train');
  const on = (words: readonly string[]) => (words.length > 0 ? ` ${words.join(' and ')}` : '');
  if (of('pool').length > 0) return `Cross-validation in ${trainings.length} folds on${on(trainings[0]?.about ?? [])}`;
  if (trainings.length === 1) return `Training on${on(trainings[0].about)}`;
  if (trainings.length > 1) return `${formatCountOf(trainings.length, 'training')} on${on(trainings[0].about)}`;
  const [first] = jobs;
  return first ? jobWords(first) : 'A plan';
}

/** What a job does: `Evaluation of first/run on the test images`. */
export function jobWords({ id, kind, run, runId, about }: WorkJob): string {
  const name = runId ?? run;
  switch (kind) {
    case 'train':
      return `Training of ${id}`;
    case 'evaluate':
      return `Evaluation of ${name} on ${about.join(' and ')}`;
    case 'export':
      return `Export of ${name}`;
    case 'predict':
      return `Answers of ${name} about ${about.join(', ')}`;
    case 'judge':
      return `Judgement of ${about[0]}`;
    case 'report':
      return `Report of ${name}`;
    case 'pool':
      return 'All folds scored together';
    case 'compare-splits':
      return 'A split by image compared with one by lesion';
    case 'compare-choices':
      return 'All choices compared with the baseline';
    case 'ensemble':
      return 'The networks put together';
    case 'explain':
      return `Heat maps of ${name}`;
  }
}

/** Whoever has a job's folder for it alone: `"job seed-0" (process 17 on ward-3, since 2026-01-01 12:00:00 UTC)`. */
const ownTask = /^"job [^"]+" \((.*)\)$/;

/** A job's state in words. @param elsewhere it is not this server that has it done */
export function jobStateWords(job: WorkJob, elsewhere = false): string {
  const { state, again, attempts, because = [], changes = [], holder } = job;
  if (again) return 'done; made anew since';
  switch (state) {
    case 'done':
      return 'done';
    case 'running':
      return elsewhere && holder ? `running: ${holder.replace(ownTask, '$1')}` : 'running';
    case 'ready':
      return attempts > 0 ? 'stopped, saved' : 'not begun';
    case 'waiting':
      return `waits for ${because.join(' and ')}`;
    case 'failed':
      return attempts > 1 ? `failed, tried ${attempts} times` : 'failed';
    case 'blocked':
      return `cannot begin: ${because.join(' and ')} failed`;
    case 'changed':
      return `its results are of other settings: ${changes.join('; ')}`;
  }
}

/** The job that is looked at: one that runs, else the one that failed, else the last that was begun. */
export const jobAtHand = ({ jobs }: WorkPlan): WorkJob | undefined =>
  jobs.find(({ state }) => state === 'running') ??
  jobs.find(({ now }) => now !== undefined) ??
  jobs.find(({ state }) => state === 'failed') ??
  jobs.findLast((job) => job.attempts > 0 || isDone(job));

/** Seconds until a plan's training ends, where it can be told: what follows its last epoch takes no time that is known. */
export const secondsLeftOf = ({ now, progress }: WorkJob): number | undefined =>
  now?.secondsLeft ?? (progress?.secondsLeft || undefined);
