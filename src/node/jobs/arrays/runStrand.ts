import { setTimeout as pause } from 'node:timers/promises';
import { usageError } from '../../../errors.js';
import { describeOutcome } from '../../../jobs/describeOutcome.js';
import type { JobOutcome } from '../../../jobs/jobEvent.js';
import type { PlannedJob } from '../../../jobs/plan.js';
import { strandsOf } from '../../../jobs/strands.js';
import type { StepContext } from '../../machine/stepContext.js';
import { executeJob, type JobCall } from '../executeJob.js';
import type { OpenedPlan } from '../openedPlan.js';

/** How the jobs of a strand ended. */
export interface StrandResult {
  readonly index: number;
  readonly jobs: readonly { readonly id: string; readonly outcome: JobOutcome }[];
}

/** Milliseconds between two looks at a folder that another process has. */
const usualWait = 10_000;

/**
 * Does one strand of a plan in this process: its jobs after each other, a failed one again as often as the plan allows. What another process has is
 * waited for. Ends at the first job that isn't done.
 * @throws LesionlabError kind `usage` for an index that the plan lacks
 */
export async function runStrand(
  context: StepContext,
  opened: OpenedPlan,
  index: number,
  call: JobCall,
  wait = usualWait,
): Promise<StrandResult> {
  const strands = strandsOf(opened.plan);
  const strand = strands[index];
  if (!strand)
    throw usageError(
      'no-such-index',
      `The plan has no task ${index}: it has ${strands.length}, from 0 to ${strands.length - 1}.`,
      {
        hint: `Ask for an array of ${strands.length} tasks.`,
      },
    );
  const jobs: { id: string; outcome: JobOutcome }[] = [];
  for (const job of strand.jobs) {
    const outcome = await untilEnded(context, opened, job, call, wait);
    jobs.push({ id: job.id, outcome });
    context.progress.note(`${job.id}: ${describeOutcome(outcome)}`);
    if (outcome.type !== 'done') break;
  }
  return { index, jobs };
}

async function untilEnded(
  context: StepContext,
  opened: OpenedPlan,
  job: PlannedJob,
  call: JobCall,
  wait: number,
): Promise<JobOutcome> {
  let saidHeld = false;
  for (let tries = 1; ; ) {
    const outcome = await executeJob(context, opened, job, call, (event) => {
      if (event.type === 'note') context.progress.note(event.text);
    });
    const isOpen = outcome.type === 'failed' && outcome.error.known?.code === 'needs-open';
    // The journal bounds tries, too, where it can be written.
    if (outcome.type === 'failed' && outcome.again && !isOpen && tries++ < opened.plan.attempts) continue;
    if (outcome.type !== 'held') return outcome;
    if (!saidHeld) context.progress.note(`${outcome.by} Waiting for it.`);
    saidHeld = true;
    await pause(wait, undefined, { signal: context.signal }).catch(() => {});
    if (context.signal.aborted) return { type: 'interrupted' };
  }
}
