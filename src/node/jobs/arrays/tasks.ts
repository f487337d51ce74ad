import { strandsOf } from '../../../jobs/strands.js';
import type { Executor } from '../runner.js';

/** Whatever runs an array of tasks (Kubernetes, AWS Batch, a script): the plan is put into its folder, and left to it. */
export const tasks: Executor = {
  form: 'tasks',
  description: 'whatever runs `lesionlab task` for each number of an array, as Kubernetes does',
  accepts: (on) => on === 'tasks',
  async run({ progress }, { named, plan }) {
    const strands = strandsOf(plan);
    const stages = new Map<number, number[]>();
    for (const { stage, index } of strands) stages.set(stage, [...(stages.get(stage) ?? []), index]);
    for (const indexes of stages.values())
      progress.note(
        `${indexes.length === 1 ? `Task ${indexes[0]}` : `Tasks ${indexes[0]} to ${indexes.at(-1)}`}: lesionlab task ${named} --index <number>${indexes[0] > 0 ? ', once those before are done' : ''}`,
      );
  },
};
