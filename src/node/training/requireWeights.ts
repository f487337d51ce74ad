import { usageError } from '../../errors.js';
import { imagenetWeightFiles, imagenetWeightsUrl } from '../../models/imagenetWeightFiles.js';
import { findModel } from '../../models/index.js';
import { trainsHeadOnly } from '../../training/headTraining.js';
import type { Recipe } from '../../training/recipe/config.js';

/**
 * Refuses to train a head on a frozen network of random weights, which sees nothing.
 * @throws LesionlabError kind `usage`
 */
export function requireWeights(recipe: Recipe, weightsFile: string | null): void {
  // A network out of a file brings its own.
  if (!trainsHeadOnly(recipe) || weightsFile !== null || findModel(recipe.model).file) return;
  const file = imagenetWeightFiles[recipe.model];
  const download = file
    ? `Fetch them once with \`lesionlab download weights ${recipe.model}\` and begin with --weights imagenet, or download ${imagenetWeightsUrl(file)} and give it with --weights ${file}.`
    : `Give weights of ${recipe.model} that were trained on other images with --weights <file>.`;
  throw usageError('weights-needed', 'Only the head of the network is trained here: the rest needs trained weights', {
    hint: `${download} docs/weights.md says more about such files.`,
  });
}
