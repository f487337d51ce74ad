import type { Baseline } from '../../explain/baseline.js';
import type { ExplanationMethod } from '../../explain/explainers/explainer.js';
import type { Localisation, LocalisationSummary } from '../../explain/localisation.js';
import type { ExplanationCheck } from '../prediction/checkExplanations.js';
import type { ExplanationPictures } from '../prediction/explanationPictures.js';
import type { MaskLeftOut } from '../prediction/measureLocalisation.js';
import type { CheckpointDescription } from './evaluate.js';

/** One image of explanations.json. */
export interface ExplanationEntry {
  readonly imageId: string;
  readonly lesionId: string;
  /** Class id of the truth. */
  readonly dx: string;
  /** Class id of the trained model's answer. */
  readonly predicted: string;
  /** Probability of `predicted`. */
  readonly confidence: number;
  /** By class id. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** Class id that the maps speak for. */
  readonly explained: string;
  /** Why it is here: the example of its class, or named by the user. */
  readonly reason: 'class' | 'named';
  /** Names of pictures beside explanations.json. */
  readonly files: ExplanationPictures<string>;
  /** True where nothing in the layer spoke for the class: the picture then shows no heat. */
  readonly empty: { readonly before: boolean; readonly after: boolean };
  /** Of the trained model; null without a mask. */
  readonly localisation: Localisation | null;
  /** The same before training. */
  readonly localisationBefore: Localisation | null;
}

/** explanations.json. */
export interface ExplanationsFile {
  /** Layer that was looked at; `input` where the method asks the image itself. */
  readonly layer: string;
  readonly method: ExplanationMethod;
  /** What stood for an image without evidence; left out where the method takes none. */
  readonly baseline?: Baseline;
  /**
   * Of integrated gradients: how far the credit given to all places is off what it had to be, as a share of that, over `images`; left out for other
   * methods and ensembles.
   */
  readonly completenessError?: number;
  readonly checkpoint: CheckpointDescription;
  readonly images: readonly ExplanationEntry[];
  /** Means over test images with a lesion mask; null without masks. */
  readonly localisation: { readonly before: LocalisationSummary; readonly after: LocalisationSummary } | null;
  /** Images that are in no mean because their mask can't be laid on them, and why. */
  readonly masksLeftOut: readonly MaskLeftOut[];
  /** Whether the maps are worth anything; left out where that was not asked. */
  readonly check?: ExplanationCheck;
}
