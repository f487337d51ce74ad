import { comparePredictions, type PredictionComparison } from '../../../../src/evaluation/comparePredictions.js';
import type { Predictions } from '../../../../src/evaluation/predictions.js';

/** Two runs' predictions of the same images; the second is compared with the first. */
export interface CompareRequest {
  readonly first: Predictions;
  readonly second: Predictions;
  readonly seed: number;
}

export type CompareAnswer =
  | { readonly comparison: PredictionComparison }
  | { readonly error: { readonly message: string; readonly hint?: string; readonly details: readonly string[] } };

addEventListener('message', ({ data }: MessageEvent<CompareRequest>) => {
  postMessage(answer(data));
});

function answer({ first, second, seed }: CompareRequest): CompareAnswer {
  try {
    return { comparison: comparePredictions(first, second, { seed }) };
  } catch (error) {
    // An error loses its fields on the way.
    const { message, hint, details = [] } = error as Error & { hint?: string; details?: readonly string[] };
    return { error: { message, hint, details } };
  }
}
