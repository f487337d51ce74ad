import type { JobStatus } from './jobStatus.js';
import type { Plan } from './plan.js';

/** What the studio's page is told of work: `GET api/work`. */
export interface WorkState {
  /** Folders and files that may be named: those of `--work`, and last the folder of runs. */
  readonly places: readonly WorkPlace[];
  /** What runs first, then what waits, in its order, then the others, the newest first. */
  readonly plans: readonly WorkPlan[];
  /** Cores of the machine that may be computed with. */
  readonly threads: number;
}

/** Something that was named on the command line. */
export interface WorkPlace {
  /** As plans name it: `HAM10000`; what lies in it is `HAM10000/images/a.jpg`. */
  readonly name: string;
  readonly kind: 'folder' | 'file' | 'runs';
}

/** What lies in a place: `GET api/work/files?path=HAM10000/images`. */
export interface WorkFiles {
  readonly path: string;
  readonly entries: readonly WorkFile[];
  /** How many more there are that are not listed. */
  readonly more: number;
}

/** One of them. */
export interface WorkFile {
  readonly name: string;
  readonly folder: boolean;
  /** Of a file. */
  readonly bytes?: number;
}

/** How a plan stands that the page may follow. */
export interface WorkPlan {
  /** Its folder, relative to that of the runs. */
  readonly name: string;
  /** `waiting` for another of the page's plans, `running` by this server, else `resting`; what runs elsewhere is told by its jobs. */
  readonly state: 'waiting' | 'running' | 'resting';
  /** Of those that wait, from 1. */
  readonly turn?: number;
  /** ISO 8601: when its plan was written. */
  readonly since: string;
  /** What made it; undefined where it can't be read. */
  readonly made?: Plan['made'];
  /** Which other process runs it, where one does: on this machine, or one that waits for a queue or a cluster. */
  readonly holder?: string;
  /** Of one that was given to a queue and is not done: what that has of it, its workers alone know. */
  readonly queued?: true;
  /** Of one that was given to Slurm and is not done. */
  readonly slurm?: WorkAtSlurm;
  /** In the order in which they are done. */
  readonly jobs: readonly WorkJob[];
  /** Why it could not be run, or shown. */
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
}

/** What Slurm has of a plan, as it said when it was last asked. */
export interface WorkAtSlurm {
  /** Arrays of which tasks wait or run, as Slurm numbers them. */
  readonly arrays: readonly string[];
  /** Tasks that run. */
  readonly running: number;
  /** Tasks that wait. */
  readonly waiting: number;
  /** Why they wait, in Slurm's words: `Resources`, `Dependency`. */
  readonly reasons: readonly string[];
  /** Why that is not known at this moment, or never was. */
  readonly unanswered?: string;
}

/** A job with what a page shows of it. */
export interface WorkJob extends JobStatus {
  /** The run in whose folder it works, by its id in the list of runs; null where that isn't below the folder of runs, or the job has none. */
  readonly runId: string | null;
  /** Of an evaluation: the name of its results in the run's folder. */
  readonly evaluation?: string;
  /** What of it tells readers what it is about: names of data, of a run, of a table. */
  readonly about: readonly string[];
  /** What it does at this moment, where this server has it done. */
  readonly now?: {
    readonly label: string;
    readonly done: number;
    readonly total?: number;
    readonly secondsLeft?: number;
  };
  /** What it last told of itself, where this server had it done. */
  readonly notes?: readonly string[];
  /** Whether it left a table of answers: `GET api/work/plans/<name>/tables/<id>`. */
  readonly table?: true;
}

/** What a plan's trainings cost: `POST api/work/estimate`. */
export interface WorkEstimate {
  /** Of the data: its name, and the images that are used of it. */
  readonly data: { readonly name: string; readonly images: number; readonly classes: readonly string[] };
  /** Trainings in the plan. */
  readonly trainings: number;
  /** Of all of them, as they run beside each other on this machine. */
  readonly seconds: number;
  /** Of memory that a process needed to take a few steps. */
  readonly memoryBytes: number;
  /** Of prepared images and features, in the cache folder. */
  readonly cacheBytes: number;
  /** Of the run folders together. */
  readonly runBytes: number;
}
