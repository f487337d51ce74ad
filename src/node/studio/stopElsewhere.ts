import { usageError } from '../../errors.js';
import { describeHolder } from '../files/lease/heldFolders.js';
import { livingHolder } from '../files/lease/livingHolder.js';
import type { OpenedPlan } from '../jobs/openedPlan.js';
import { type CallSlurm, callSlurm, describeRefusal, SlurmRefusal } from '../jobs/slurm/callSlurm.js';
import { wasAtSlurm } from '../jobs/slurm/readAtSlurm.js';
import { stopTasks } from '../jobs/slurm/stopTasks.js';
import { findSubmitted } from '../jobs/slurm/submittedArrays.js';

/**
 * Has saved and stopped what Slurm has of a plan that nobody stays with.
 * @throws LesionlabError kind `usage` where somebody does, or Slurm has none of it; kind `run` where Slurm refuses
 */
export async function stopElsewhere(opened: OpenedPlan, name: string, call: CallSlurm = callSlurm): Promise<void> {
  const holder = await livingHolder(opened.folder);
  if (holder)
    throw usageError('plan-held', `${name} is not this server's to stop: ${describeHolder(holder)} has it in hand.`, {
      hint: 'Stop it where it was started, with Ctrl-C: it is saved then.',
    });
  try {
    const { arrays } = wasAtSlurm(opened) ? await findSubmitted(call, opened) : { arrays: [] };
    if (arrays.length === 0) throw usageError('plan-at-rest', `${name} is not at work.`);
    await stopTasks(
      call,
      arrays.map(({ id }) => id),
    );
  } catch (error) {
    if (error instanceof SlurmRefusal) throw describeRefusal(`to stop ${name}`, error);
    throw error;
  }
}
