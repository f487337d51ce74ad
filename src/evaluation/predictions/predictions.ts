import type { ClassInfo } from '../../data/dataset.js';

/** Predicted probabilities of one split or one external dataset. */
export interface Predictions {
  readonly classes: readonly ClassInfo[];
  readonly imageIds: readonly string[];
  readonly lesionIds: readonly string[];
  /** [N], class indices of the truth. */
  readonly labels: Int32Array;
  /** [N, K] row by row, each row sums to 1. */
  readonly probabilities: Float32Array;
}
