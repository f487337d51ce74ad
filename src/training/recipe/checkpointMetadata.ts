import type { Preprocessing } from '../../data/preparation/preprocessing.js';
import type { Recipe } from './config.js';

export interface CheckpointDescription {
  /** Version of lesionlab. */
  readonly version: string;
  readonly recipe: Pick<Recipe, 'model'>;
  readonly classIds: readonly string[];
  readonly preprocessing: Preprocessing;
  /** Epochs that went into the weights. */
  readonly epoch: number;
}

/** What a file of a run's weights says of itself. */
export const checkpointMetadata = (of: CheckpointDescription): Record<string, string> => ({
  lesionlab: of.version,
  model: of.recipe.model,
  classes: JSON.stringify(of.classIds),
  preprocessing: JSON.stringify(of.preprocessing),
  epoch: String(of.epoch),
});
