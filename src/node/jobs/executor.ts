import type { JobEvent } from '../../jobs/jobEvent.js';
import type { PathMapping } from '../../jobs/mapPaths.js';
import type { PlannedJob } from '../../jobs/plan.js';
import type { StepContext } from '../machine/stepContext.js';
import type { OpenedPlan } from './openedPlan.js';

/** What an executor is asked to do. */
export interface ExecuteRequest {
  /** Jobs that are not done, each after those that it needs. Some may have begun, and are gone on with. */
  readonly jobs: readonly PlannedJob[];
  /** What this call is known by: tries are counted within it. */
  readonly call: string;
  /** Replace what earlier runs left in the jobs' folders. */
  readonly overwrite: boolean;
  /** Where folders of the plan lie on this machine. */
  readonly mappings: readonly PathMapping[];
  /** Jobs at once at most; as many as cores and memory allow where undefined. */
  readonly beside?: number;
  /** Hears what happens to a job, its end included. What it throws ends the call, saved. */
  readonly hear: (job: PlannedJob, event: JobEvent) => void;
}

/**
 * A place where plans run: one file a place, one line in `executors.ts`.
 *
 * A job is done by `executeJob`, in whichever process, on whichever machine: it takes the lease of the job's folder, counts the try in the plan's
 * journal, does the work (going on from what is saved), and writes how it ended. So an executor only has to say where and when, and may ask twice: a job that is done or held is
 * told by its outcome and not done again. `startJobProcess` does the same in a child process, which a long training should have.
 */
export interface Executor {
  /** What `--on` names it by in messages: `here`, `redis://host`. */
  readonly form: string;
  /** One sentence. */
  readonly description: string;
  /** Whether an address is of this kind. */
  accepts(on: string): boolean;
  /**
   * Does every job that can be done, and returns once no more can: all are done, or what is left failed or needs one that did. How each
   * stands afterwards is read from the disk. A job that fails stops none that doesn't need it.
   * @param on the address that was accepted
   * @throws LesionlabError kind `interrupted` once the signal is aborted and all is saved; kind `usage` or `run` where the place can't be used
   */
  run(context: StepContext, opened: OpenedPlan, request: ExecuteRequest, on: string): Promise<void>;
}
