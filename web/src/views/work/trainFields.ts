import { usageError } from '../../../../src/errors.js';
import { imagenetWeightFiles } from '../../../../src/models/imagenetWeightFiles.js';
import { presets } from '../../../../src/training/recipe/presets/registry.js';
import type { RecipeSetting } from '../../../../src/training/recipe/recipeSettings.js';
import { noPreset, resolveRecipe } from '../../../../src/training/recipe/resolveRecipe.js';
import type { Repetition, TrainingChoice } from '../../work/workPlans.js';
import { nothingSaid, readSaid, type Said } from '../train/readSaid.js';
import {
  changesOf,
  needsWeights,
  type RecipeValues,
  resolveSettings,
  takesWeights,
  valuesOf,
} from '../train/recipeValues.js';
import { freezeOfNetwork, readSeed } from '../train/trainSettings.js';

/** What the form of a training holds: values as they are typed. */
export interface TrainFields extends RecipeValues {
  readonly data: string;
  readonly name: string;
  /** Path of somebody's network, as plans name it; empty for one of lesionlab's own. The page doesn't read it. */
  readonly networkFile: string;
  /** What that may not say. */
  readonly said: Said;
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
  const { data, repetition, also } = fields;
  if (data === '') throw usageError('no-data', 'Choose the data to learn from.');
  const limit = fields.limit.trim() === '' ? null : Number(fields.limit);
  if (limit !== null && !(Number.isInteger(limit) && limit >= 1))
    throw usageError('bad-setting', 'The number of images must be a whole number from 1, or empty for all.');
  return {
    data,
    ...(fields.networkFile === '' ? readOwn(fields) : readForeign(fields)),
    seed: readSeed(fields),
    repetition,
    limit,
    excludeUnusable: also.includes('exclude'),
    judged: also.includes('judge'),
  };
}

/** One of lesionlab's own networks. */
function readOwn(fields: TrainFields): Pick<TrainingChoice, 'recipe' | 'weights'> {
  const { preset, file, weights } = fields;
  const { recipe, overrides } = resolveSettings(fields);
  if (needsWeights(recipe) && weights === '')
    throw usageError('weights-needed', 'Only the head of the network is trained: the rest needs trained weights.', {
      hint: 'Choose what it begins with.',
    });
  if (file) return { weights, recipe: { recipe: { ...file, changes: changesOf(fields) } } };
  // A preset alone where nothing of it was changed.
  return { weights, recipe: overrides.length > 0 ? { recipe: changesOf(fields) } : { preset } };
}

/** Somebody's network, which the server reads: it brings its weights, and says itself how it wants its images. */
function readForeign(fields: TrainFields): Pick<TrainingChoice, 'recipe' | 'weights'> {
  const { file, networkFile: model, said } = fields;
  const changes = { ...changesOf(fields, isLeftToNetwork), model };
  const network = readSaid(said);
  return {
    weights: '',
    recipe: {
      recipe: file ? { ...file, changes } : changes,
      ...(Object.keys(network).length > 0 && { network }),
    },
  };
}

/** Settings that somebody's network brings, and that no field asks for then. */
export const settingsOfNetwork: readonly string[] = ['model', 'imageSize', 'fit', 'normalisation'];

/** What stands as the preset has it is left unsaid, so that it follows the network. */
function isLeftToNetwork({ path }: RecipeSetting, { preset, values }: Pick<RecipeValues, 'preset' | 'values'>) {
  if (settingsOfNetwork.includes(path) && values[path] === '') return true;
  return path === 'model' || (preset !== noPreset && valuesOf(presets[preset].recipe)[path] === values[path]);
}

/** The fields with somebody's network in the place of the recipe's, or with one of lesionlab's own again. */
export function withNetworkFile(fields: TrainFields, networkFile: string, preset: string): TrainFields {
  return { ...fields, ...presetFields(preset, networkFile !== ''), networkFile, said: nothingSaid };
}

/** A preset's settings, and the weights that it is meant to begin with. @param foreign whether somebody's network stands in the place of its own */
export function presetFields(preset: string, foreign: boolean): RecipeValues & Pick<TrainFields, 'weights'> {
  const values = valuesOf(resolveRecipe(preset).recipe);
  // Its stages are those of its own network.
  const own: Record<string, string> = foreign
    ? { 'training.freeze': freezeOfNetwork(preset), 'training.learningRateFactors': '' }
    : {};
  const settings = { preset, file: null, network: null, values: { ...values, ...own } };
  const begins = !foreign && takesWeights(settings) && imagenetWeightFiles[values.model];
  return { ...settings, weights: begins ? 'imagenet' : '' };
}
