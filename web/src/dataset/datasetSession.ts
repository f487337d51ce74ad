import { makeStore } from '../browser/store.js';
import type { CallOptions } from '../browser/workerCalls.js';
import { WorkerCalls } from '../browser/workerCalls.js';
import type { DatasetFunctions, OpenedDataset } from './datasetWorker.js';

/** The data that is open in this page: every view sees the same. */
export interface DatasetSession {
  readonly dataset: OpenedDataset | undefined;
  /** Counts up with every opening, so that views know that it is another one. */
  readonly generation: number;
}

const session = makeStore<DatasetSession>({ dataset: undefined, generation: 0 });
let calls: WorkerCalls<DatasetFunctions> | undefined;

/** The data that is open, in a component. */
export const useDataset = session.use;

/** The worker that holds the data; it is started when it is first needed, and again where it ended for want of memory. */
export function datasetCalls(): WorkerCalls<DatasetFunctions> {
  if (calls?.failed) calls = undefined;
  calls ??= new WorkerCalls<DatasetFunctions>(
    new Worker(new URL('./datasetWorker.ts', import.meta.url), { type: 'module', name: 'data' }),
  );
  return calls;
}

type Opening = {
  [N in 'openFiles' | 'openPlace' | 'openSynthetic' | 'openDescribed']: [
    name: N,
    argument: Parameters<DatasetFunctions[N]>[0],
  ];
};

/** Opens other data; what was open stays so where that fails. */
export async function openData(...[name, argument, options]: [...Opening[keyof Opening], CallOptions?]): Promise<void> {
  const dataset = await datasetCalls().call(name as 'openFiles', argument as never, options);
  session.change({ dataset, generation: session.get().generation + 1 });
}

/** The same data, better known. */
export function updateDataset(dataset: OpenedDataset): void {
  session.change({ dataset });
}

/** Forgets the data; the worker ends and gives its memory back. */
export function closeData(): void {
  calls?.close();
  calls = undefined;
  session.change({ dataset: undefined, generation: session.get().generation + 1 });
}
