import { strandsOf } from '../../../jobs/strands.js';
import type { Executor } from '../executor.js';

/** Whatever runs an array of tasks (Kubernetes, AWS Batch, a script): the plan is put into its folder, and left to it. */
export const tasks: Executor = {
  form: 'tasks',
  description: 'whatever runs `lesionlab task` for each number of an array, as Kubernetes does',
  accepts: (on) => on === 'tasks',
  async run({ progress }, { named, plan }, { overwrite, beside }) {
    const strands = strandsOf(plan);
    const stages = new Map<number, number[]>();
    for (const { stage, index } of strands) stages.set(stage, [...(stages.get(stage) ?? []), index]);
    const options = overwrite ? ' --overwrite' : '';
    for (const indexes of stages.values())
      progress.note(
        `${indexes.length === 1 ? `Task ${indexes[0]}` : `Tasks ${indexes[0]} to ${indexes.at(-1)}`}: lesionlab task ${named}${options} --index <number>${indexes[0] > 0 ? ', once those before are done' : ''}`,
      );
    if (beside !== undefined)
      progress.note(`How many run at once is for the array to say (parallelism: ${beside} on Kubernetes).`);
  },
};
