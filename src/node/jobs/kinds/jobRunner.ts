import { existsSync } from 'node:fs';
import type { JobKindName } from '../../../jobs/kinds/registry.js';
import type { JobOf } from '../../../jobs/plan.js';
import { hashFile } from '../../files/fileHash.js';
import type { StepContext } from '../../machine/stepContext.js';
import type { OpenedPlan } from '../openedPlan.js';

/** Where a job works. */
export interface JobPlace {
  readonly opened: OpenedPlan;
  /** Absolute path of its folder. */
  readonly folder: string;
  /** Replace what an earlier run left in its folder. */
  readonly overwrite: boolean;
  /** Whether a try of this job began before, so that what lies in its folder is its own. */
  readonly begun: boolean;
  /** Removes what was made of the results that `overwrite` replaces; to be called once nothing stands in the way. */
  readonly onReplace: () => Promise<void>;
}

/** How jobs of a kind are done in Node. */
export interface JobRunner<Kind extends JobKindName> {
  /** Does it, going on from what is saved. @throws LesionlabError as its step does; kind `interrupted` after saving */
  run(context: StepContext, job: JobOf<Kind>, place: JobPlace): Promise<void>;
  /** The file that its results are known by. */
  resultFile(job: JobOf<Kind>, opened: OpenedPlan): string;
  /** Removes what an earlier plan of its kind left in the plan's own folder, where that is replaced. */
  removeEarlier?(job: JobOf<Kind>, opened: OpenedPlan): Promise<void>;
}

/** SHA-256 of a file, in hexadecimal; null where it is missing. */
export const hashIfThere = async (path: string): Promise<string | null> =>
  existsSync(path) ? await hashFile(path) : null;
