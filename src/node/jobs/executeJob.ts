import { hostname } from 'node:os';
import { interruptedError, LesionlabError, runError, usageError } from '../../errors.js';
import type { AttemptLine } from '../../jobs/attempt.js';
import type { JobEvent, JobOutcome } from '../../jobs/jobEvent.js';
import { mapPaths, type PathMapping } from '../../jobs/mapPaths.js';
import type { PlannedJob } from '../../jobs/plan.js';
import { postError } from '../../postedError.js';
import type { Progress } from '../../progress.js';
import { asDiskError } from '../files/diskError.js';
import { holdFolder } from '../files/lease/holdFolder.js';
import { packageInfo } from '../machine/packageInfo.js';
import type { StepContext } from '../machine/stepContext.js';
import { appendAttempt, stopsInVain, triesOf } from './journal.js';
import { hashIfThere } from './kinds/jobRunner.js';
import { findJobRunner } from './kinds/registry.js';
import { jobFolderOf, type OpenedPlan } from './openedPlan.js';
import { jobCommand, readStanding, type Standing } from './readStatus.js';

/** One call that runs what is missing of a plan. */
export interface JobCall {
  /** What it is known by: tries are counted within it. */
  readonly call: string;
  /** Replace what earlier runs left. */
  readonly overwrite?: boolean;
  /** Where folders of the plan lie here. */
  readonly mappings?: readonly PathMapping[];
}

/** Stops one after another, with nothing new saved, after which a job is given up: a cluster's time limit may be too short to begin in. */
const mostStopsInVain = 10;

/**
 * Does a job in this process, as the only one that does: takes the lease of its folder, counts the try in the journal, does the work (going on from what
 * is saved), and writes how it ended. One that is done is not done again; one whose tries of this call are used up is not begun.
 * @param context progress and signal count; seed, threads and device are the job's own
 * @param hear hears what happens, as plain data
 */
export async function executeJob(
  context: StepContext,
  opened: OpenedPlan,
  job: PlannedJob,
  call: JobCall,
  hear: (event: JobEvent) => void = () => {},
): Promise<JobOutcome> {
  const folder = jobFolderOf(opened.folder, mapPaths(job, call.mappings ?? []));
  let isHeld = false;
  const work = async () => {
    isHeld = true;
    return await executeHeld(context, opened, job, call, hear);
  };
  let outcome: JobOutcome;
  try {
    const note = (text: string) => hear({ type: 'note', text });
    outcome = await holdFolder(folder, { command: jobCommand(job.id), note }, work);
  } catch (error) {
    const isInUse = !isHeld && error instanceof LesionlabError && error.code === 'run-in-use';
    outcome = isInUse ? { type: 'held', by: error.message } : failure(error);
  }
  hear({ type: 'ended', outcome });
  return outcome;
}

async function executeHeld(
  context: StepContext,
  opened: OpenedPlan,
  job: PlannedJob,
  { call, overwrite: replaces = false, mappings = [] }: JobCall,
  hear: (event: JobEvent) => void,
): Promise<JobOutcome> {
  const standings = new Map<string, Standing>();
  const standing = await readStanding(opened, job, standings);
  const { lines } = standing;
  const tries = triesOf(lines, call);
  // What this call has replaced is its own from then on.
  const overwrite = replaces && !lines.some((line) => line.call === call && line.event === 'began');
  if (standing.state === 'done' && !overwrite) return { type: 'done' };
  const open = job.needs.filter((id) => standings.get(id)?.state !== 'done');
  if (open.length > 0)
    return failure(runError('needs-open', `${job.id} needs ${open.join(' and ')}, which is not done.`), true);
  if (standing.state === 'changed' && !overwrite) return failure(changedError(opened, standing));
  if (tries >= opened.plan.attempts) return givenUp(standing, tries);
  const began = Date.now();
  const note = (line: Pick<AttemptLine, 'event'> & Record<string, unknown>) =>
    appendAttempt(opened.folder, job.id, {
      time: new Date().toISOString(),
      ...{ call, attempt: tries + 1, host: hostname(), pid: process.pid },
      ...line,
    } as AttemptLine);
  const seconds = () => (Date.now() - began) / 1000;
  await note({ event: 'began', lesionlab: packageInfo.version, job });
  hear({ type: 'began', attempt: tries + 1, where: `process ${process.pid} on ${hostname()}` });
  let advanced = false;
  const heard = (event: JobEvent) => {
    advanced ||= event.type === 'training' && event.event.type === 'checkpoint';
    hear(event);
  };
  try {
    // Counted as a stop, so that one who is told to end whenever it starts is found out.
    if (context.signal.aborted) throw interruptedError('Stopped before it began.');
    const mapped = mapPaths(job, mappings);
    await run(context, opened, mapped, { overwrite, begun: lines.length > 0 }, heard);
    const { results, of } = await findResults(opened, mapped, standings);
    await note({ event: 'done', seconds: seconds(), results, of });
    return { type: 'done' };
  } catch (thrown) {
    const stopped = isInterruption(thrown, context.signal);
    const inVain = stopped && !advanced ? stopsInVain(lines, call) + 1 : 0;
    if (stopped && inVain < mostStopsInVain) {
      await note({ event: 'interrupted', seconds: seconds(), advanced }).catch(() => {});
      return { type: 'interrupted' };
    }
    const outcome = stopped ? failure(stoppedInVain(job.id, inVain), false) : failure(thrown);
    const { message, known } = outcome.error;
    const hints = typeof known?.hint === 'object' ? known.hint : { terminal: known?.hint, page: known?.hint };
    const { terminal: hint, page: pageHint } = hints;
    const error = {
      ...{ code: known?.code ?? 'bug', message, again: outcome.again },
      ...(hint !== undefined && { hint }),
      ...(pageHint !== undefined && pageHint !== hint && { pageHint }),
    };
    await note({ event: 'failed', seconds: seconds(), error }).catch(() => {});
    return outcome;
  }
}

async function run(
  context: StepContext,
  opened: OpenedPlan,
  job: PlannedJob,
  { overwrite, begun }: { readonly overwrite: boolean; readonly begun: boolean },
  hear: (event: JobEvent) => void,
): Promise<void> {
  const { seed, threads, device } = job;
  const own: StepContext = {
    ...{ signal: context.signal, seed, threads, device },
    progress: heardProgress(hear),
    onEvent: (event) => hear({ type: 'training', event }),
  };
  const folder = jobFolderOf(opened.folder, job);
  const onReplace = async () => {
    for (const other of opened.plan.jobs) await findJobRunner(other.kind).removeEarlier?.(other as never, opened);
  };
  await findJobRunner(job.kind).run(own, job as never, { opened, folder, overwrite, begun, onReplace });
}

async function findResults(opened: OpenedPlan, job: PlannedJob, standings: ReadonlyMap<string, Standing>) {
  const of: Record<string, string> = {};
  for (const id of job.needs) of[id] = standings.get(id)!.results!;
  const file = findJobRunner(job.kind).resultFile(job as never, opened);
  const results = await hashIfThere(file);
  if (results === null) throw runError('no-results', `${job.id} ended, and ${file} is not there.`);
  return { results, of };
}

type Failure = Extract<JobOutcome, { readonly type: 'failed' }>;

/** @param again where it is known; else what is no fault of settings or data may do better another time */
function failure(thrown: unknown, again?: boolean): Failure {
  const error = asDiskError(thrown) ?? thrown;
  const lasting = error instanceof LesionlabError && ['usage', 'data'].includes(error.kind);
  return { type: 'failed', error: postError(error), again: again ?? !lasting };
}

function givenUp({ id, error }: Standing, tries: number): Failure {
  const words = error ? `the last time: ${error.message}` : 'each time its process ended without a word';
  return failure(
    runError('given-up', `${id} was tried ${tries} ${tries === 1 ? 'time' : 'times'} and failed, ${words}`, {
      hint: error?.hint ?? 'Was there too little memory? Fewer jobs at once need less: --beside 1.',
    }),
    false,
  );
}

const stoppedInVain = (id: string, stops: number) =>
  runError('stopped-in-vain', `${id} was stopped ${stops} times in a row before it had saved anything new.`, {
    hint: 'Give it more time at once: a longer time limit, as in --on "slurm: --time=60". A training saves at every stop once it has begun; evaluations and exports begin anew.',
  });

const changedError = ({ named }: OpenedPlan, { id, changes = [] }: Standing) =>
  usageError(
    'plan-changed',
    `What ${named} holds of ${id} is of other settings than the plan has now: ${changes.join('; ')}.`,
    {
      details: changes,
      hint: 'Put the plan back as it was, name another folder for the changed one, or replace the results with --overwrite.',
    },
  );

const isInterruption = (thrown: unknown, signal: AbortSignal): boolean =>
  (thrown instanceof LesionlabError && thrown.kind === 'interrupted') ||
  (signal.aborted && (thrown as Error | undefined)?.name === 'AbortError');

/** Progress as plain data. */
function heardProgress(hear: (event: JobEvent) => void): Progress {
  return {
    start(label, total) {
      const tell = (done: number, detail?: string, secondsLeft?: number | null) =>
        hear({ type: 'progress', label, done, total, detail, secondsLeft });
      tell(0);
      return { update: tell, end: () => hear({ type: 'progress-end', label }) };
    },
    note: (text) => hear({ type: 'note', text }),
  };
}
