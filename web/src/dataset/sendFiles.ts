import { interruptedError } from '../../../src/errors.js';
import type { PickedFiles } from '../browser/pickedFiles.js';
import type { CallOptions, WorkerCalls } from '../browser/workerCalls.js';
import type { DatasetFunctions, SentFiles } from './datasetWorker.js';

/** The page may stand still for about this long at a time, milliseconds. */
const longest = 40;
const [fewest, most] = [50, 5000];

let pickings = 0;

/**
 * Hands files over to the worker in pieces. The browser asks the disk for the size of each as it is handed over, a fifth of a millisecond or so during which
 * the page stands still: a hundred thousand at once would be half a minute.
 * @throws LesionlabError kind `interrupted`
 */
export async function sendFiles(
  calls: WorkerCalls<DatasetFunctions>,
  { root, files }: PickedFiles,
  { signal, onProgress }: Pick<CallOptions, 'signal' | 'onProgress'> = {},
): Promise<Omit<SentFiles, 'beside'>> {
  const picking = ++pickings;
  let count = fewest;
  for (let first = 0; first < files.length; ) {
    const began = performance.now();
    const received = calls.call('receiveFiles', { picking, files: files.slice(first, first + count) });
    first += count;
    const took = performance.now() - began;
    count = Math.max(fewest, Math.min(most, took > longest ? count >> 1 : took < longest / 2 ? 2 * count : count));
    await received;
    if (signal?.aborted) throw interruptedError('Interrupted while looking at files.');
    onProgress?.({ label: 'Looking at files', done: Math.min(first, files.length), total: files.length });
  }
  return { picking, root };
}
