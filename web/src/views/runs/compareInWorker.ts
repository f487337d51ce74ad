import type { PredictionComparison } from '../../../../src/evaluation/comparison/comparePredictions.js';
import { WorkerCalls } from '../../browser/workerCalls.js';
import type { CompareFunctions, CompareRequest } from './compareWorker.js';

/** Compares in a thread of its own: thousands of resamples take seconds. @throws LesionlabError where the images differ */
export function compareInWorker(request: CompareRequest): Promise<PredictionComparison> {
  const calls = new WorkerCalls<CompareFunctions>(
    new Worker(new URL('./compareWorker.ts', import.meta.url), { type: 'module', name: 'compare' }),
  );
  return calls.call('compare', request).finally(() => calls.close());
}
