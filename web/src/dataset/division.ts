import { defaultRatios } from '../../../src/data/groups/split.js';
import type { SplitRule } from '../../../src/data/groups/splitRule.js';

/** How the reader wants the data divided; the seed beside it. */
export interface Division {
  readonly rule: SplitRule;
  /** Shares of train, validation and test. */
  readonly ratios: readonly [number, number, number];
  /** Whether images that are nearly the same are looked for and kept together. */
  readonly nearDuplicates: boolean;
}

/** Whole patients and lesions, drawn by chance. */
export const usualDivision: Division = { rule: { kind: 'lesions' }, ratios: defaultRatios, nearDuplicates: false };
