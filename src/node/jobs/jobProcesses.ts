import type { JobEvent, JobOutcome } from '../../jobs/jobEvent.js';
import type { PlannedJob } from '../../jobs/plan.js';
import type { JobCall } from './executeJob.js';
import { type JobProcess, startJobProcess } from './jobProcess.js';
import type { OpenedPlan } from './openedPlan.js';

/** Does a job elsewhere than in this process, so that this one stays free to keep it. */
export type StartJob = (
  opened: OpenedPlan,
  job: PlannedJob,
  call: JobCall,
  control: { readonly signal: AbortSignal; readonly hear: (event: JobEvent) => void },
) => Promise<JobOutcome>;

/** Processes beside this one, each for one job after another. */
export interface JobProcesses {
  readonly start: StartJob;
  /** Ends them; what they do is saved. */
  close(): Promise<void>;
}

/** What is to be known of the processes. */
export interface ProcessWatch {
  /** Which process does a job. */
  readonly assigned: (job: PlannedJob, process: object) => void;
  /** What a process has in memory. */
  readonly measured: (process: object, bytes: number) => void;
}

/** Does jobs in processes of their own, as many as are done at once; one that has ended its job is given the next. */
export function jobProcesses(watch?: ProcessWatch): JobProcesses {
  const idle: JobProcess[] = [];
  const all = new Set<JobProcess>();
  return {
    async start(opened, job, call, { signal, hear }) {
      if (signal.aborted) return { type: 'interrupted' };
      const one: JobProcess = idle.pop() ?? startJobProcess((bytes) => watch?.measured(one, bytes));
      all.add(one);
      watch?.assigned(job, one);
      const stop = () => one.stop();
      signal.addEventListener('abort', stop, { once: true });
      try {
        return await one.run({ opened, id: job.id, call }, hear);
      } finally {
        signal.removeEventListener('abort', stop);
        if (one.lives) idle.push(one);
        else all.delete(one);
      }
    },
    close: async () => void (await Promise.all([...all].map((one) => one.close()))),
  };
}
