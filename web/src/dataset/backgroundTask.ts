import { makeStore } from '../browser/store.js';
import { idleTask, TaskRunner, type TaskState } from '../browser/taskRunner.js';
import type { CallOptions } from '../browser/workerCalls.js';
import type { OpenedDataset } from './openedDataset.js';

/** Something that makes the data that is open better known, and goes on while other views are looked at. */
export interface BackgroundTask {
  /** How far it is, in a component. */
  use(): TaskState;
  start(): void;
  /** Also forgets what went wrong. */
  cancel(): void;
}

/**
 * @param call does it
 * @param take hears what is known then; not where it was cancelled meanwhile
 */
export function makeBackgroundTask(
  call: (options: CallOptions) => Promise<OpenedDataset>,
  take: (dataset: OpenedDataset) => void,
): BackgroundTask {
  const store = makeStore<TaskState>(idleTask);
  const runner = new TaskRunner(store.change);
  return {
    use: store.use,
    start: () =>
      void runner.run(async (options) => {
        const known = await call(options).catch((error: unknown) => {
          // The data is open no more: nobody wants to hear of it.
          if (options.signal.aborted) throw Object.assign(new Error('Cancelled.'), { kind: 'interrupted' });
          throw error;
        });
        if (!options.signal.aborted) take(known);
      }),
    cancel() {
      runner.cancel();
      store.change(idleTask);
    },
  };
}
