import type { PredictionComparison } from '../../../../src/evaluation/comparePredictions.js';
import { readerError } from '../../runs/runSource.js';
import type { CompareAnswer, CompareRequest } from './compareWorker.js';

/** Compares in a thread of its own: thousands of resamples take seconds. @throws an error for people where the images differ */
export function compareInWorker(request: CompareRequest): Promise<PredictionComparison> {
  const worker = new Worker(new URL('./compareWorker.ts', import.meta.url), { type: 'module' });
  return new Promise<PredictionComparison>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<CompareAnswer>) => {
      if ('comparison' in data) resolve(data.comparison);
      else reject(readerError(data.error.message, data.error.hint, data.error.details));
    };
    worker.onerror = ({ message }) => reject(readerError(`The comparison failed: ${message}`, 'Load the page again.'));
    worker.postMessage(request);
  }).finally(() => worker.terminate());
}
