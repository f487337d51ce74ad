import { usageError } from '../../../../src/errors.js';
import type { Repetition, TrainingChoice } from '../../work/workPlans.js';
import { changesOf, needsWeights, type RecipeValues, resolveSettings } from '../train/recipeValues.js';
import { readSeed } from '../train/trainSettings.js';

/** What the form of a training holds: values as they are typed. */
export interface TrainFields extends RecipeValues {
  readonly data: string;
  readonly name: string;
  readonly weights: string;
  readonly seed: string;
  /** Empty for all images. */
  readonly limit: string;
  readonly repetition: Repetition;
  /** `exclude`, `judge` */
  readonly also: readonly string[];
}

/** @throws LesionlabError kind `usage` naming what is missing or out of range */
export function readTraining(fields: TrainFields): TrainingChoice {
  const { data, weights, repetition, also } = fields;
  if (data === '') throw usageError('no-data', 'Choose the data to learn from.');
  const resolved = resolveSettings(fields);
  if (needsWeights(resolved.recipe) && weights === '')
    throw usageError('weights-needed', 'Only the head of the network is trained: the rest needs trained weights.', {
      hint: 'Choose what it begins with.',
    });
  const limit = fields.limit.trim() === '' ? null : Number(fields.limit);
  if (limit !== null && !(Number.isInteger(limit) && limit >= 1))
    throw usageError('bad-setting', 'The number of images must be a whole number from 1, or empty for all.');
  return {
    data,
    recipe: recipeOf(fields, resolved.overrides.length > 0),
    weights,
    seed: readSeed(fields),
    repetition,
    limit,
    excludeUnusable: also.includes('exclude'),
    judged: also.includes('judge'),
  };
}

/** As a plan says it: a preset alone where nothing of it was changed. */
function recipeOf(fields: TrainFields, changed: boolean): TrainingChoice['recipe'] {
  const { preset, file } = fields;
  if (file) return { recipe: { ...file, changes: changesOf(fields) } };
  return changed ? { recipe: changesOf(fields) } : { preset };
}
