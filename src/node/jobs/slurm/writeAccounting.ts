import { join } from 'node:path';
import { strandsOf } from '../../../jobs/strands.js';
import type { Progress } from '../../../progress.js';
import { writeJson } from '../../files/writeFile.js';
import { formatDuration } from '../../machine/formatQuantity.js';
import type { OpenedPlan } from '../openedPlan.js';
import { type CallSlurm, SlurmRefusal } from './callSlurm.js';
import { readAccounting } from './readAccounting.js';
import type { SubmittedArray } from './submitStrands.js';
import { slurmFolder } from './submittedArrays.js';

/** Writes what Slurm has counted of arrays to slurm/<call>.json, and says it in a line. Where Slurm keeps no accounts, that is said. */
export async function writeAccounting(
  call: CallSlurm,
  arrays: readonly SubmittedArray[],
  opened: OpenedPlan,
  ofCall: string,
  progress: Progress,
): Promise<void> {
  if (arrays.length === 0) return;
  try {
    const tasks = await readAccounting(call, arrays);
    const strands = strandsOf(opened.plan);
    const content = tasks.map((task) => ({ ...task, jobs: strands[task.index]?.jobs.map(({ id }) => id) ?? [] }));
    await writeJson(join(slurmFolder(opened.folder), `${ofCall}.json`), content);
    const total = (pick: (task: (typeof tasks)[number]) => number) => tasks.reduce((sum, task) => sum + pick(task), 0);
    const nodes = [...new Set(tasks.flatMap((task) => task.nodes))].sort();
    const tries = total(({ states }) => states.length);
    progress.note(
      `Slurm has counted ${tasks.length} tasks in ${tries} tries on ${nodes.join(', ') || 'no node'}: ${formatDuration(total(({ seconds }) => seconds))} on the clock, ${formatDuration(total(({ processorSeconds }) => processorSeconds))} of processors.`,
    );
  } catch (error) {
    if (!(error instanceof SlurmRefusal)) throw error;
    progress.note(`Slurm gives no accounts of this: ${error.message.split('\n')[0]}`);
  }
}
