import { join } from 'node:path';
import { z } from 'zod';
import { appendJsonLine, readJsonLines } from '../../files/jsonLines.js';
import type { OpenedPlan } from '../openedPlan.js';
import type { CallSlurm } from './callSlurm.js';
import { listTasks, type SlurmTask } from './slurmTasks.js';
import type { SubmittedArray } from './submitStrands.js';

const submittedArray = z.object({
  /** A number: programs of Slurm are called with it. */
  id: z.string().regex(/^\d+$/),
  offset: z.int(),
  strands: z.array(z.int()),
  call: z.string(),
  /** Of the plan: another one's strands have other numbers. */
  hash: z.string(),
});

/** Folder for what a plan has at Slurm: scripts, words of tasks, and which arrays were submitted. */
export const slurmFolder = (planFolder: string): string => join(planFolder, 'slurm');

/** A line for each array that was submitted for a plan. */
export const arraysFile = (planFolder: string): string => join(slurmFolder(planFolder), 'arrays.jsonl');

/** Keeps that an array was submitted, for calls that come later. */
export const keepArray = ({ folder, hash }: OpenedPlan, array: SubmittedArray, call: string): Promise<void> =>
  appendJsonLine(arraysFile(folder), { ...array, call, hash });

/** Arrays of a plan of which tasks still wait or run, with these. @throws SlurmRefusal where Slurm doesn't answer; LesionlabError kind `usage` where there is none */
export async function findSubmitted(
  call: CallSlurm,
  { folder, hash }: OpenedPlan,
): Promise<{ readonly arrays: readonly SubmittedArray[]; readonly tasks: readonly SlurmTask[] }> {
  const known = (await readJsonLines(arraysFile(folder), submittedArray)).filter((array) => array.hash === hash);
  const tasks = await listTasks(
    call,
    known.map(({ id }) => id),
  );
  return { arrays: known.filter(({ id }) => tasks.some(({ array }) => array === id)), tasks };
}
