import { comparePredictions } from '../../../../src/evaluation/comparison/comparePredictions.js';
import type { Predictions } from '../../../../src/evaluation/predictions/predictions.js';
import { serveCalls } from '../../browser/workerCalls.js';

/** Two runs' predictions of the same images; the second is compared with the first. */
export interface CompareRequest {
  readonly first: Predictions;
  readonly second: Predictions;
  readonly seed: number;
}

const functions = {
  compare: ({ first, second, seed }: CompareRequest) => comparePredictions(first, second, { seed }),
};
export type CompareFunctions = typeof functions;

serveCalls(functions);
