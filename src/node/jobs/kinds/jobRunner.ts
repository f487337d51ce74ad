import { stat } from 'node:fs/promises';
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

/** Milliseconds after its last change from which a file's times tell whether it was changed again. */
const settled = 3000;
/** Files whose SHA-256 is remembered at most. */
const mostRemembered = 10_000;
const remembered = new Map<string, { readonly identity: string; readonly hash: string }>();

/** SHA-256 of a file, in hexadecimal; null where it is missing. One that is as it was at the last look is not read again. */
export async function hashIfThere(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null);
  if (!found) return null;
  const { ino, size, mtimeMs, ctimeMs } = found;
  const identity = [ino, size, mtimeMs, ctimeMs].join(' ');
  const known = remembered.get(path);
  if (known?.identity === identity) return known.hash;
  const hash = await hashFile(path);
  if (remembered.size >= mostRemembered) remembered.clear();
  if (Date.now() - Math.max(mtimeMs, ctimeMs) > settled) remembered.set(path, { identity, hash });
  return hash;
}
