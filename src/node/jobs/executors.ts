import { usageError } from '../../errors.js';
import { tasks } from './arrays/tasks.js';
import type { Executor } from './executor.js';
import { here } from './here/here.js';
import { queue } from './queue/queue.js';
import { slurm } from './slurm/slurm.js';

/** Every place where plans run. */
export const executors: readonly Executor[] = [here, queue, slurm, tasks];

/** The place that `--on` names. @throws LesionlabError kind `usage` where there is none */
export function findExecutor(on: string): Executor {
  const found = executors.find((executor) => executor.accepts(on));
  if (found) return found;
  const forms = executors.map(({ form, description }) => `${form} (${description})`);
  throw usageError('unknown-place', `There is no place "${on}" where plans run.`, {
    hint: `Expected one of these after --on: ${forms.join(', ')}.`,
  });
}
