import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { interruptedError, runError } from '../../errors.js';
import type { WorkEstimate } from '../../jobs/work.js';
import { type PostedError, receiveError } from '../../postedError.js';
import type { OpenedPlan } from '../jobs/openedPlan.js';
import { workerUrl } from '../machine/workerUrl.js';

/** What the process that measures answers. */
export type EstimateAnswer = { readonly estimate: WorkEstimate } | { readonly error: PostedError };

/**
 * Measures what a plan's trainings cost, in a process of its own: what that needs in memory is measured, too, and given back at the end.
 * @throws LesionlabError as opening the data does; kind `interrupted` once the signal is aborted
 */
export function estimateWork(opened: OpenedPlan, signal: AbortSignal): Promise<WorkEstimate> {
  const child = fork(fileURLToPath(workerUrl('studio/estimateWorker')), [], {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const end = () => child.kill('SIGKILL');
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  return new Promise<WorkEstimate>((resolve, reject) => {
    child.once('message', (answer: EstimateAnswer) => {
      if ('estimate' in answer) resolve(answer.estimate);
      else reject(receiveError(answer.error));
      child.kill();
    });
    child.once('exit', (code, killed) =>
      reject(
        signal.aborted
          ? interruptedError('The measurement was ended.')
          : runError(
              'estimate-ended',
              `The process that measured ended by itself (${killed ?? `exit status ${code}`}).`,
              {
                hint: 'Most often there was too little memory: smaller batches and images need less.',
              },
            ),
      ),
    );
    child.once('error', reject);
    child.send(opened, () => {});
  }).finally(() => signal.removeEventListener('abort', end));
}
