import { setTimeout as pause } from 'node:timers/promises';
import { runError } from '../../errors.js';
import type { JobOutcome } from '../../jobs/jobEvent.js';
import type { PlannedJob } from '../../jobs/plan.js';
import { postError } from '../../postedError.js';
import type { StepContext } from '../machine/stepContext.js';
import { executeJob } from './executeJob.js';
import type { ExecuteRequest } from './executor.js';
import type { OpenedPlan } from './openedPlan.js';

/** Milliseconds between two looks at a job that another process has in hand. */
const heldPause = 3000;

/**
 * Starts every job as soon as what it needs is done, for executors that stay until the end. Those that work in the plan's own folder, whose lease the
 * caller has, are done in this process. What failed is tried again where that may help; what another process has in hand is waited for.
 * @param start does a job, once it has room for it
 */
export async function followNeeds(
  context: StepContext,
  opened: OpenedPlan,
  request: ExecuteRequest,
  start: (job: PlannedJob) => Promise<JobOutcome>,
): Promise<void> {
  const ends = new Map<string, Promise<boolean>>();
  const asked = new Map(request.jobs.map((job) => [job.id, job]));
  const finish = (id: string): Promise<boolean> => {
    const job = asked.get(id);
    // What was not asked for is done.
    if (!job) return Promise.resolve(true);
    const known = ends.get(id) ?? afterNeeds(job);
    ends.set(id, known);
    return known;
  };
  const afterNeeds = async (job: PlannedJob): Promise<boolean> => {
    const needs = await Promise.all(job.needs.map(finish));
    return needs.every(Boolean) && (await doJob(job));
  };
  const doJob = async (job: PlannedJob): Promise<boolean> => {
    for (let tries = 1; !context.signal.aborted; ) {
      const outcome = await doOnce(job);
      if (outcome.type === 'done') return true;
      if (outcome.type === 'held') {
        await pause(heldPause, undefined, { signal: context.signal }).catch(() => {});
        continue;
      }
      // The journal bounds tries, too; a process that ends before it can write there is counted here alone.
      if (outcome.type === 'interrupted' || !outcome.again || tries++ >= opened.plan.attempts) return false;
      request.hear(job, { type: 'note', text: `${outcome.error.message} It is tried again.` });
    }
    return false;
  };
  const doOnce = (job: PlannedJob): Promise<JobOutcome> =>
    job.run === '.'
      ? executeJob(context, opened, job, request, (event) => request.hear(job, event))
      : start(job).catch((error: unknown) => ({ type: 'failed', error: postError(error), again: false }));
  await Promise.all(request.jobs.map(({ id }) => finish(id)));
}

/** What became of a job whose process ended without a word. */
export const endedSilently = (id: string, how: string): JobOutcome => ({
  type: 'failed',
  error: postError(
    runError('job-process-ended', `The process of ${id} ended by itself (${how}).`, {
      hint: 'Most often there was too little memory: fewer jobs at once need less (--beside 1), as do smaller batches.',
    }),
  ),
  again: true,
});
