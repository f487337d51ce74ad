import { usageError } from '../../../../src/errors.js';
import { models } from '../../../../src/models/architectures/registry.js';
import { trainsHeadOnly } from '../../../../src/training/headTraining.js';
import { presets } from '../../../../src/training/recipe/presets/registry.js';
import type { RecipeOverrides } from '../../../../src/training/recipe/recipeChanges.js';
import { recipeOfNetwork } from '../../../../src/training/recipe/recipeOfNetwork.js';
import type { Recipe } from '../../../../src/training/recipe/recipeSchema.js';
import { valueAt } from '../../../../src/training/recipe/recipeSettings.js';
import { resolveRecipe } from '../../../../src/training/recipe/resolveRecipe.js';
import type { StudioNetwork } from '../../training/studioNetwork.js';
import { type RecipeValues, resolveSettings, valuesOf } from './recipeValues.js';

/** What the form holds: values as they are typed. */
export interface TrainSettings extends RecipeValues {
  /** Empty for all images. */
  readonly limit: string;
  readonly seed: string;
}

/** A whole network of lesionlab's own takes hours in a page, but for LeNet; how large somebody's own is, the estimate tells. */
const fitsPage = (recipe: Recipe): boolean =>
  recipe.model === 'lenet' || trainsHeadOnly(recipe) || !Object.hasOwn(models, recipe.model);

/** Presets that a page can train, in the order in which it offers them: what ends soonest first. */
export const offeredPresets = [...new Set(['demo', 'lenet', 'head', ...Object.keys(presets)])].filter((name) => {
  const { recipe, members } = presets[name];
  return !members && fitsPage(recipe);
});

/** What can be trained of somebody's network: presets by what each comes to there. */
export const networkPresets = ({
  outline,
}: {
  readonly outline?: Pick<StudioNetwork['outline'], 'why'>;
} = {}): [name: string, words: string][] => [
  ['head', 'head: a new head on what it sees'],
  ...(outline?.why ? [] : [['transfer', 'transfer: all of it, with a new head'] as [string, string]]),
];

/** What a page takes on, beside the ranges that all recipes have. */
const limits = {
  imageSize: { label: 'an image size', least: 32, most: 1024 },
  'training.epochs': { label: 'a number of epochs', least: 1, most: 500 },
  'training.batchSize': { label: 'a batch size', least: 2, most: 256 },
} as const;

const elsewhere = 'The command line does more: save the recipe, and train with `lesionlab run <data> --recipe <file>`.';

/** A preset's settings; of the preset for the demo, the epochs follow from the number of images, so that it ends within minutes. */
export function presetSettings(preset: string, images: number, network: StudioNetwork | null = null): TrainSettings {
  const { recipe } = resolveRecipe(preset, network ? settingsOfNetwork(preset, network) : {});
  const shorter: Readonly<Record<string, string>> =
    preset === 'demo'
      ? { 'training.epochs': images <= 1000 ? '30' : '20', 'training.batchSize': images <= 1000 ? '16' : '32' }
      : {};
  return {
    preset,
    file: null,
    network,
    values: { ...valuesOf(recipe), ...shorter },
    limit: images > 2000 ? '2000' : '',
    seed: '0',
  };
}

/** A preset's stages are those of its own network: of another one all is trained, unless it is the head alone. */
const settingsOfNetwork = (preset: string, { job, outline }: StudioNetwork): RecipeOverrides => ({
  ...recipeOfNetwork({ ...outline, file: job }),
  freeze: freezeOfNetwork(preset),
});

/** What stays as it is of somebody's network. */
export const freezeOfNetwork = (preset: string): string =>
  trainsHeadOnly(presets[preset].recipe) ? 'backbone' : 'none';

/** @throws LesionlabError kind `usage` for what is no seed */
export function readSeed({ seed }: Pick<TrainSettings, 'seed'>): number {
  if (!/^\d{1,15}$/.test(seed)) throw usageError('bad-seed', 'The seed must be a whole number from 0.');
  return Number(seed);
}

/** @throws LesionlabError kind `usage` naming the settings that are out of range */
export function readSettings(settings: TrainSettings) {
  const resolved = resolveSettings(settings);
  for (const [path, { label, least, most }] of Object.entries(limits)) {
    const value = valueAt(resolved.recipe, path) as number;
    if (value < least || value > most)
      throw usageError('bad-setting', `${path}: the page takes ${label} from ${least} to ${most}, found ${value}.`, {
        hint: elsewhere,
      });
  }
  if (!fitsPage(resolved.recipe))
    throw usageError(
      'too-much-for-page',
      `model: the page trains LeNet, and heads on other networks (training.freeze: backbone), found ${resolved.recipe.model} with training.freeze: ${resolved.recipe.training.freeze}.`,
      { hint: elsewhere },
    );
  if (resolved.recipe.evaluation.testTimeAugmentation === 'chosen')
    throw usageError(
      'views-chosen-elsewhere',
      'evaluation.testTimeAugmentation: the page does not choose views on validation: expected one of the others, found chosen.',
      { hint: elsewhere },
    );
  const limit = settings.limit.trim() === '' ? null : Number(settings.limit);
  if (limit !== null && !(Number.isInteger(limit) && limit >= 50))
    throw usageError('bad-setting', 'The number of images must be a whole number from 50, or empty for all.');
  const { file, network } = settings;
  return {
    ...resolved,
    limit,
    seed: readSeed(settings),
    recipeFile: file ?? undefined,
    network: resolved.recipe.model === network?.outline.id ? network.job : undefined,
  };
}
