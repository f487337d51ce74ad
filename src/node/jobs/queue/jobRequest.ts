import { z } from 'zod';
import type { JobEvent, JobOutcome } from '../../../jobs/jobEvent.js';

/** Under this name and prefix all keys of lesionlab lie; others may use the same server. */
export const queueName = 'jobs';
/** See `queueName`. */
export const queuePrefix = 'lesionlab';

/** What a worker is asked to do: one job of a plan that it reads for itself. */
export const jobRequest = z.object({
  /** Version of whoever asks: another one may compute other digits. */
  lesionlab: z.string(),
  /** The plan's folder, as whoever asks has it. */
  folder: z.string(),
  /** Of the plan. */
  hash: z.string(),
  /** Id of the job in the plan. */
  id: z.string(),
  call: z.string(),
  overwrite: z.boolean(),
  /** What lies in the plan's folder, where that is the same one here and there. */
  probe: z.string(),
  /** Where results are kept for machines that share no folder, as `s3://bucket/prefix`. */
  results: z.string().optional(),
});
/** What a worker is asked to do. */
export type JobRequest = z.infer<typeof jobRequest>;

/** What a worker tells of a job while it has it. */
export type WorkerReport =
  | { readonly type: 'events'; readonly events: readonly JobEvent[] }
  /** It can't do this job, and left it for others. */
  | {
      readonly type: 'refused';
      readonly worker: string;
      readonly code: string;
      readonly message: string;
      readonly hint: string;
    };

/** What a worker hands back. */
export interface JobAnswer {
  readonly outcome: JobOutcome;
  readonly worker: string;
}

/** Key that asks workers to save and stop what they do for a call. */
export const stopKey = (call: string): string => `${queuePrefix}:stop:${call}`;

/** Key under which a worker says that it is there. */
export const workerKey = (name: string): string => `${queuePrefix}:worker:${name}`;
