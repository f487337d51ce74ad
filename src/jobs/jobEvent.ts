import type { PostedError } from '../postedError.js';
import type { TrainEvent } from '../training/events.js';

/** How a try of a job ended. */
export type JobOutcome =
  | { readonly type: 'done' }
  /** `again`: whether another try may do better; what is wrong with settings or data stays wrong. */
  | { readonly type: 'failed'; readonly error: PostedError; readonly again: boolean }
  /** Asked to stop; what was done is saved. */
  | { readonly type: 'interrupted' }
  /** Another process works in its folder. */
  | { readonly type: 'held'; readonly by: string };

/** What is heard of a job while it is done; plain data, so that it can be sent between processes and machines. */
export type JobEvent =
  /** `where`: `process 17 on ward-3`. */
  | { readonly type: 'began'; readonly attempt: number; readonly where: string }
  /** A line that stays. */
  | { readonly type: 'note'; readonly text: string }
  /** How far the task at hand is; `total` is missing where nobody knows. */
  | {
      readonly type: 'progress';
      readonly label: string;
      readonly done: number;
      readonly total?: number;
      readonly detail?: string;
      readonly secondsLeft?: number | null;
    }
  | { readonly type: 'progress-end'; readonly label: string }
  /** An event of a training, after the run folder has what it tells. */
  | { readonly type: 'training'; readonly event: TrainEvent }
  | { readonly type: 'ended'; readonly outcome: JobOutcome };
