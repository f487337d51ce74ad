import { usageError } from '../../errors.js';
import { here } from './here/here.js';
import type { Executor } from './runner.js';

/** Every place where plans run. */
export const executors: readonly Executor[] = [here];

/** The place that `--on` names. @throws LesionlabError kind `usage` where there is none */
export function findExecutor(on: string): Executor {
  const found = executors.find((executor) => executor.accepts(on));
  if (found) return found;
  const forms = executors.map(({ form, description }) => `${form} (${description})`);
  throw usageError('unknown-place', `There is no place "${on}" where plans run.`, {
    hint: `Expected one of these after --on: ${forms.join(', ')}.`,
  });
}
