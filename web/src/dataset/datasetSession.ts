import { useSyncExternalStore } from 'react';
import type { CallOptions } from '../browser/workerCalls.js';
import { WorkerCalls } from '../browser/workerCalls.js';
import type { DatasetFunctions, OpenedDataset } from './datasetWorker.js';

/** The data that is open in this page: every view sees the same. */
export interface DatasetSession {
  readonly dataset: OpenedDataset | undefined;
  /** Counts up with every opening, so that views know that it is another one. */
  readonly generation: number;
}

let session: DatasetSession = { dataset: undefined, generation: 0 };
let calls: WorkerCalls<DatasetFunctions> | undefined;
const listeners = new Set<() => void>();

function change(next: DatasetSession): void {
  session = next;
  for (const listener of listeners) listener();
}

/** The data that is open, in a component. */
export function useDataset(): DatasetSession {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => session,
  );
}

/** The worker that holds the data; it is started when it is first needed, and again where it ended for want of memory. */
export function datasetCalls(): WorkerCalls<DatasetFunctions> {
  if (calls?.failed) calls = undefined;
  calls ??= new WorkerCalls<DatasetFunctions>(
    new Worker(new URL('./datasetWorker.ts', import.meta.url), { type: 'module', name: 'data' }),
  );
  return calls;
}

type Opening = { [N in 'openFiles' | 'openSynthetic']: [name: N, argument: Parameters<DatasetFunctions[N]>[0]] };

/** Opens other data; what was open stays so where that fails. */
export async function openData(...[name, argument, options]: [...Opening[keyof Opening], CallOptions?]): Promise<void> {
  const dataset = await datasetCalls().call(name as 'openFiles', argument as never, options);
  change({ dataset, generation: session.generation + 1 });
}

/** The same data, better known. */
export function updateDataset(dataset: OpenedDataset): void {
  change({ ...session, dataset });
}

/** Forgets the data; the worker ends and gives its memory back. */
export function closeData(): void {
  calls?.close();
  calls = undefined;
  change({ dataset: undefined, generation: session.generation + 1 });
}
