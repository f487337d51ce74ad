import type { ComputeDevice } from '../../../src/browser/computeDevice.js';
import type { Recipe } from '../../../src/training/recipe/config.js';
import type { PreparedForTraining } from '../dataset/prepareForTraining.js';
import type { NetworkJob } from './studioNetwork.js';

/** Everything that the training worker gets; plain data. */
export interface StudioTrainJob {
  readonly data: PreparedForTraining;
  readonly recipe: Recipe;
  readonly preset: string;
  /** Settings of the preset that were changed, as `name=value`. */
  readonly overrides: readonly string[];
  /** The recipe file that was opened, and the SHA-256 of its bytes, in hexadecimal. */
  readonly recipeFile?: { readonly name: string; readonly sha256: string };
  readonly seed: number;
  readonly device: ComputeDevice;
  /** File of weights to begin with; null for random ones. */
  readonly weightsFile: File | null;
  /** Somebody's network that the recipe's model is; undefined for lesionlab's own. */
  readonly network?: NetworkJob;
}
