import type { PickedFiles } from '../browser/pickedFiles.js';
import { makeStore } from '../browser/store.js';
import type { CallOptions } from '../browser/workerCalls.js';
import { WorkerCalls } from '../browser/workerCalls.js';
import { makeBackgroundTask } from './backgroundTask.js';
import type { DatasetFunctions } from './datasetWorker.js';
import { type Division, usualDivision } from './division.js';
import type { OpenedDataset } from './openedDataset.js';
import { sendFiles } from './sendFiles.js';

/** The data that is open in this page: every view sees the same. */
export interface DatasetSession {
  readonly dataset: OpenedDataset | undefined;
  /** Counts up with every opening, so that views know that it is another one. */
  readonly generation: number;
  /** How it was divided last: what is trained on is divided so, too. */
  readonly division: Division;
}

const session = makeStore<DatasetSession>({ dataset: undefined, generation: 0, division: usualDivision });
let calls: WorkerCalls<DatasetFunctions> | undefined;

/** The data that is open, in a component. */
export const useDataset = session.use;

/** How the data that is open is divided for a training. */
export const currentDivision = (): Division => session.get().division;

/** The worker that holds the data; it is started when it is first needed, and again where it ended for want of memory. */
export function datasetCalls(): WorkerCalls<DatasetFunctions> {
  if (calls?.failed) calls = undefined;
  calls ??= new WorkerCalls<DatasetFunctions>(
    new Worker(new URL('./datasetWorker.ts', import.meta.url), { type: 'module', name: 'data' }),
  );
  return calls;
}

type Openings = 'openPlace' | 'openSynthetic' | 'openDescribed' | 'openAsked' | 'removePart';
type Opening = {
  [N in Openings]: [name: N, argument: Parameters<DatasetFunctions[N]>[0]];
};

/** Opens other data; what was open stays so where that fails. */
export async function openData(...[name, argument, options]: [...Opening[Openings], CallOptions?]): Promise<void> {
  take(await datasetCalls().call(name as 'openPlace', argument as never, options));
}

/** Opens files that were picked, in place of what is open or as another dataset beside it. */
export async function openPicked(picked: PickedFiles, beside: boolean, options?: CallOptions): Promise<void> {
  const sent = await sendFiles(datasetCalls(), picked, options);
  take(await datasetCalls().call('openFiles', { ...sent, beside }, options));
}

function take(dataset: OpenedDataset): void {
  nearSearch.cancel();
  session.change({ dataset, generation: session.get().generation + 1, division: usualDivision });
  // Nothing is shown later for it: reading a hundred thousand files takes a minute.
  if (dataset.identical === null) fileComparison.start();
}

/** The same data, better known. */
export function updateDataset(dataset: OpenedDataset): void {
  session.change({ dataset });
}

/** What is trained on is divided in this way from now on. */
export function changeDivision(division: Division): void {
  session.change({ division });
}

/** Forgets the data; the worker ends and gives its memory back. */
export function closeData(): void {
  fileComparison.cancel();
  nearSearch.cancel();
  calls?.close();
  calls = undefined;
  session.change({ dataset: undefined, generation: session.get().generation + 1, division: usualDivision });
}

/** Finds images whose files are the same. */
export const fileComparison = makeBackgroundTask(
  (options) => datasetCalls().call('compareFiles', undefined, options),
  updateDataset,
);

/** Looks for images that are nearly the same. */
export const nearSearch = makeBackgroundTask(
  (options) => datasetCalls().call('findNear', undefined, options),
  updateDataset,
);
