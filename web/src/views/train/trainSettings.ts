import { usageError } from '../../../../src/errors.js';
import { models } from '../../../../src/models/architectures/registry.js';
import { trainsHeadOnly } from '../../../../src/training/headTraining.js';
import { formatRecipe } from '../../../../src/training/recipe/formatRecipe.js';
import { presets } from '../../../../src/training/recipe/presets.js';
import { decodeRecipe, longestRecipe, readRecipe } from '../../../../src/training/recipe/readRecipe.js';
import { recipeOfNetwork } from '../../../../src/training/recipe/recipeOfNetwork.js';
import type { Recipe } from '../../../../src/training/recipe/recipeSchema.js';
import { type RecipeSetting, recipeSettings, valueAt } from '../../../../src/training/recipe/recipeSettings.js';
import {
  noPreset,
  type RecipeChanges,
  type RecipeOverrides,
  type ResolvedRecipe,
  resolveRecipe,
} from '../../../../src/training/recipe/resolveRecipe.js';
import { sha256 } from '../../dataset/sha256.js';
import type { StudioNetwork } from '../../training/studioNetwork.js';

/** What the form holds: values as they are typed. */
export interface TrainSettings {
  /** The preset that the recipe changes; `none` where a file holds a whole one. */
  readonly preset: string;
  /** The recipe file that was opened. */
  readonly file: { readonly name: string; readonly sha256: string } | null;
  /** Somebody's network that is trained; null for lesionlab's own. */
  readonly network: StudioNetwork | null;
  /** Of every setting of the recipe, by its path. */
  readonly values: Readonly<Record<string, string>>;
  /** Empty for all images. */
  readonly limit: string;
  readonly seed: string;
}

/** A whole network of lesionlab's own takes hours in a page, but for LeNet; how large somebody's own is, the estimate tells. */
const fitsPage = (recipe: Recipe): boolean =>
  recipe.model === 'lenet' || trainsHeadOnly(recipe) || !Object.hasOwn(models, recipe.model);

/** Presets that a page can train, in the order in which it offers them: what ends soonest first. */
export const offeredPresets = [...new Set(['demo', 'lenet', 'quick', ...Object.keys(presets)])].filter((name) => {
  const { recipe, members } = presets[name];
  return !members && fitsPage(recipe);
});

/** What can be trained of somebody's network: presets by what each comes to there. */
export const networkPresets = ({ outline }: StudioNetwork): [name: string, words: string][] => [
  ['quick', 'quick: a new head on what it sees'],
  ...(outline.why ? [] : [['transfer', 'transfer: all of it, with a new head'] as [string, string]]),
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
  freeze: trainsHeadOnly(presets[preset].recipe) ? 'backbone' : 'none',
});

/**
 * The settings of a recipe file in place of those in the form; how many images and the seed stay.
 * @throws LesionlabError kind `usage` naming the file and the setting
 */
export async function openRecipeFile(file: File, before: TrainSettings): Promise<TrainSettings> {
  // UTF-16 has two bytes a character.
  if (file.size > 2 * longestRecipe)
    throw usageError(
      'recipe-too-long',
      `${file.name} is not a recipe: it has ${file.size.toLocaleString('en')} bytes`,
      {
        hint: 'A recipe has a few thousand. Was another file meant?',
      },
    );
  const bytes = new Uint8Array(await file.arrayBuffer());
  const read = readRecipe(decodeRecipe(bytes, file.name), file.name);
  const { recipe, preset } = resolveRecipe(read, networkOfRecipe(read.changes.model, before.network, file.name));
  const network = before.network?.outline.id === recipe.model ? before.network : null;
  return {
    ...before,
    preset,
    network,
    file: { name: file.name, sha256: await sha256(bytes) },
    values: valuesOf(recipe),
  };
}

/** A recipe names a network out of a file by that file, which has to be open. */
function networkOfRecipe(model: unknown, network: StudioNetwork | null, recipe: string): RecipeOverrides {
  if (typeof model !== 'string' || !/\.onnx$/i.test(model)) return {};
  const name = model.slice(model.search(/[^/\\]*$/));
  if (network?.job.name === name) return { model: network.outline.id };
  throw usageError('no-network-file', `${recipe} trains the network ${name}, which is not open here.`, {
    hint: `Choose ${name} as the network first, then the recipe.`,
  });
}

/** The text of a recipe file with what the form holds. @throws LesionlabError kind `usage` */
export function recipeText(settings: TrainSettings): string {
  const { recipe: resolved, preset } = resolveSettings(settings);
  // By its file, as the command line takes it.
  const { network } = settings;
  const recipe = network ? { ...resolved, model: network.job.name } : resolved;
  const about = [
    'A recipe from the studio. On the command line: `lesionlab run <data> --run <folder> --recipe <this file>`',
  ];
  return formatRecipe(recipe, { preset, about });
}

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

/** Whether a file of weights has a part in it: LeNet begins at random, and somebody's network with its own. */
export const takesWeights = ({ values, network }: TrainSettings): boolean =>
  values.model !== network?.outline.id &&
  (values.model !== 'lenet' || values['training.freeze']?.trim() === 'backbone');

/** Whether nothing comes of it without a file of weights. */
export const needsWeights = (recipe: Recipe): boolean => trainsHeadOnly(recipe) && Object.hasOwn(models, recipe.model);

export function resolveSettings({ preset, values }: TrainSettings): ResolvedRecipe {
  const changes: Record<string, unknown> = preset === noPreset ? {} : { extends: preset };
  for (const setting of recipeSettings) {
    let group = changes;
    for (const name of setting.group ? setting.group.split('.') : []) {
      group[name] ??= {};
      group = group[name] as Record<string, unknown>;
    }
    group[setting.name] = parseValue(setting, values[setting.path] ?? '');
  }
  return resolveRecipe(changes as RecipeChanges);
}

const valuesOf = (recipe: Recipe): Record<string, string> =>
  Object.fromEntries(recipeSettings.map(({ path }) => [path, formatValue(valueAt(recipe, path))]));

/** As it is typed into a field: `0.5`, `0.9, 1.2`, `layer3=0.4, backbone=0.1`. */
function formatValue(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, factor]) => `${name}=${factor}`)
    .join(', ');
}

/** What was typed into a field; text where it is no value of the setting's kind, which the recipe's check then names. */
function parseValue({ kind }: RecipeSetting, typed: string): unknown {
  const text = typed.trim();
  if (kind === 'choice' || kind === 'text') return text;
  if (kind === 'factors') return parseFactors(text);
  if (kind === 'names') return text === '' ? [] : text.split(/[\s,]+/);
  if (kind === 'pair') return text.split(/[\s,]+/).map(parseNumber);
  return parseNumber(text);
}

const parseNumber = (text: string): unknown => (text === '' ? null : Number.isNaN(Number(text)) ? text : Number(text));

function parseFactors(text: string): unknown {
  if (text === '') return {};
  const parts = text.split(',').map((part) => part.split('=').map((word) => word.trim()));
  return parts.every(({ length }) => length === 2)
    ? Object.fromEntries(parts.map(([name, factor]) => [name, parseNumber(factor)]))
    : text;
}
