import { existsSync } from 'node:fs';
import { LesionlabError } from '../../../errors.js';
import type { WorkAtSlurm } from '../../../jobs/work.js';
import type { OpenedPlan } from '../openedPlan.js';
import { type CallSlurm, SlurmRefusal } from './callSlurm.js';
import { arraysFile, findSubmitted } from './submittedArrays.js';

/** Whether a plan was ever given to Slurm. */
export const wasAtSlurm = ({ folder }: Pick<OpenedPlan, 'folder'>): boolean => existsSync(arraysFile(folder));

/** What Slurm has of a plan that was given to it; where it does not answer, why, and nothing else. */
export async function readAtSlurm(call: CallSlurm, opened: OpenedPlan): Promise<WorkAtSlurm> {
  try {
    const { arrays, tasks } = await findSubmitted(call, opened);
    const waiting = tasks.filter(({ state }) => state === 'PENDING');
    return {
      arrays: arrays.map(({ id }) => id),
      running: tasks.length - waiting.length,
      waiting: waiting.length,
      reasons: [...new Set(waiting.map(({ reason }) => reason))].sort(),
    };
  } catch (error) {
    if (!(error instanceof SlurmRefusal || error instanceof LesionlabError)) throw error;
    return { ...nothingThere, unanswered: error.message.split('\n')[0] };
  }
}

/** Of a plan of which Slurm has said nothing yet. */
export const nothingThere: WorkAtSlurm = { arrays: [], running: 0, waiting: 0, reasons: [] };
