import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { OpenedPlan } from '../jobs/openedPlan.js';
import { type CallSlurm, callSlurm } from '../jobs/slurm/callSlurm.js';
import { arraysFile, findSubmitted } from '../jobs/slurm/submittedArrays.js';

/** Tells how many tasks of a plan Slurm still has, for a page that asks again and again; 0 where there is no Slurm, or it says nothing. */
export type AskSlurm = (opened: OpenedPlan) => Promise<number>;

/** Milliseconds: how long an answer is good for, and how long one is waited for. */
const usualTiming = { good: 5000, patience: 2000 };

/** Asks Slurm for plans that were submitted to it, no more than once at a time for each, and goes on with what is known where it is slow. */
export function createAskSlurm(call: CallSlurm = callSlurm, { good, patience } = usualTiming): AskSlurm {
  const known = new Map<string, { tasks: number; next: number; asking?: Promise<void> }>();
  return async (opened) => {
    if (!existsSync(arraysFile(opened.folder))) return 0;
    const one = known.get(opened.folder) ?? { tasks: 0, next: 0 };
    known.set(opened.folder, one);
    if (Date.now() >= one.next)
      one.asking ??= findSubmitted(call, opened)
        // Who can't be asked may still have them: what was known last counts.
        .then(({ tasks }) => {
          one.tasks = tasks.length;
        })
        .catch(() => {})
        .finally(() => {
          one.next = Date.now() + good;
          one.asking = undefined;
        });
    await Promise.race([one.asking, pause(patience, undefined, { ref: false })]);
    return one.tasks;
  };
}
