import type { JobKindName } from './kinds/registry.js';

/**
 * How a job stands. `ready`: its needs are done, and it can be begun or gone on with; `waiting` for jobs that it needs; `running`: a process that
 * lives has its folder; `failed`: its last try did; `blocked`: a job that it needs failed; `changed`: its results are of other settings.
 */
export type JobState = 'done' | 'running' | 'ready' | 'waiting' | 'failed' | 'blocked' | 'changed';

/** How a job stands, as the run folders tell. */
export interface JobStatus {
  readonly id: string;
  readonly kind: JobKindName;
  readonly run: string;
  readonly state: JobState;
  /** Tries that began since it was last done, in all calls. */
  readonly attempts: number;
  /** Of a training: epochs that are over, and those that there are; null where nothing has begun. */
  readonly progress: { readonly done: number; readonly total: number; readonly secondsLeft: number | null } | null;
  /** Which process is at it. */
  readonly holder?: string;
  /** What its last try failed with. */
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly hint?: string;
    /** In the words of a page, where these are others. */
    readonly pageHint?: string;
  };
  /** Settings that its results do not have, as `settings.preset (quick, now demo)`. */
  readonly changes?: readonly string[];
  /** Jobs that it waits for, or that failed. */
  readonly because?: readonly string[];
  /** It was done, and is to be done again: what lies there now is not what it left, or a job that it needs has other results. */
  readonly again?: true;
  /** What its results are known by, where it is done. */
  readonly results?: string;
}
