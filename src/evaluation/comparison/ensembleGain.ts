import type { PredictionComparison } from './comparePredictions.js';
import type { SeedSpread } from './seedSpread.js';

/** What an ensemble adds to the best of its members, in evaluation.json of the test split. */
export interface EnsembleGain {
  /** The member with the highest balanced accuracy on the validation split: test results choose nothing. */
  readonly bestMember: {
    /** Run folder, relative to the ensemble's. */
    readonly run: string;
    readonly validationBalancedAccuracy: number;
  };
  /** Ensemble less member, paired on the same lesions; null where the member wasn't evaluated on the test split with these weights. */
  readonly comparison: PredictionComparison | null;
  /** How its members did alone, where they differ in their seed and in nothing else. */
  readonly seeds?: SeedSpread;
}
