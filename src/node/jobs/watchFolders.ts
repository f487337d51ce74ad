import type { JobEvent } from '../../jobs/jobEvent.js';
import type { JobStatus } from '../../jobs/jobStatus.js';
import type { PlannedJob } from '../../jobs/plan.js';
import type { OpenedPlan } from './openedPlan.js';
import { readStatus } from './readStatus.js';

/** Tells of jobs that are done where nobody can be heard, by looking at their folders. */
export interface FolderWatch {
  /** Looks, and tells what is new. @returns how every job of the plan stands, by id */
  look(): Promise<ReadonlyMap<string, JobStatus>>;
}

/** Tells `hear` what happens to jobs of a plan, from what their folders and journals say. What was there before the first look is not told. */
export function watchFolders(
  opened: OpenedPlan,
  jobs: readonly PlannedJob[],
  hear: (job: PlannedJob, event: JobEvent) => void,
): FolderWatch {
  let before: ReadonlyMap<string, JobStatus> | undefined;
  return {
    async look() {
      const statuses = await readStatus(opened);
      const now = new Map(statuses.map((status) => [status.id, status]));
      const earlier = before;
      before = now;
      if (earlier)
        for (const job of jobs)
          for (const event of eventsBetween(earlier.get(job.id)!, now.get(job.id)!)) hear(job, event);
      return now;
    },
  };
}

function eventsBetween(before: JobStatus, now: JobStatus): JobEvent[] {
  const events: JobEvent[] = [];
  if (now.attempts > before.attempts || (now.state === 'running' && before.state !== 'running'))
    events.push({ type: 'began', attempt: now.attempts, where: now.holder ?? 'a task that has ended' });
  const epochs = now.progress;
  if (epochs && epochs.done !== before.progress?.done) events.push({ type: 'progress', label: 'Epochs', ...epochs });
  if (now.state === 'done' && before.state !== 'done') events.push({ type: 'ended', outcome: { type: 'done' } });
  const failed = now.state === 'failed' && (before.state !== 'failed' || now.attempts > before.attempts);
  if (failed && now.error) {
    const { code, message, hint } = now.error;
    const known = { kind: 'run', code, ...(hint !== undefined && { hint }), details: [] } as const;
    events.push({ type: 'ended', outcome: { type: 'failed', again: false, error: { message, known } } });
  }
  return events;
}
