import type { ClassInfo } from '../../data/dataset.js';
import type { ChoiceFigure } from './choiceFigures.js';
import type { ChoiceComparison } from './compareChoices.js';

/** What the trainings of a choice took, and where they are. */
export interface ChoiceTrainings {
  /** Run folders relative to the ablation's, one a seed. */
  readonly runs: readonly string[];
  /** Of each training, all its epochs. */
  readonly seconds: readonly number[];
  readonly epochs: readonly number[];
}

/** What a choice changes, and what that costs. */
export interface ChoiceCost extends ChoiceTrainings {
  /** Settings that differ from the baseline's, as `focalLoss 0, now 2`. */
  readonly changes: readonly string[];
  /** Seconds of its trainings by those of the baseline's, all seeds together. */
  readonly timeRatio: number;
}

/** ablation.json: ways to train beside a baseline, on validation images of one split and over the same seeds. */
export interface AblationResult extends Omit<ChoiceComparison, 'baseline' | 'choices' | 'seeds'> {
  readonly lesionlab: string;
  readonly data: { readonly id: string; readonly name: string; readonly synthetic: boolean; readonly images: number };
  readonly classes: readonly ClassInfo[];
  /** Of the baseline. */
  readonly recipe: { readonly preset: string; readonly overrides: readonly string[]; readonly model: string };
  readonly splitSeed: number;
  readonly seeds: readonly number[];
  /** The figure that decides. */
  readonly figure: ChoiceFigure;
  readonly baseline: ChoiceComparison['baseline'] & ChoiceTrainings;
  readonly choices: readonly (ChoiceComparison['choices'][number] & ChoiceCost)[];
}
