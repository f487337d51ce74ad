import type { PredictionComparison } from './comparePredictions.js';

/** What a network makes of what it is told beside the pixels, in evaluation.json. */
export interface MetadataGain {
  /** Told all that the table says less told nothing, by the same weights, paired on the same lesions. */
  readonly comparison: PredictionComparison;
  /** By column: told all less told that column of another lesion, drawn at random, paired on the same lesions. */
  readonly columns: readonly { readonly name: string; readonly comparison: PredictionComparison }[];
}
