import { usageError } from '../../../../src/errors.js';
import { trainsHeadOnly } from '../../../../src/training/headTraining.js';
import { formatRecipe } from '../../../../src/training/recipe/formatRecipe.js';
import { presets } from '../../../../src/training/recipe/presets.js';
import { decodeRecipe, longestRecipe, readRecipe } from '../../../../src/training/recipe/readRecipe.js';
import type { Recipe } from '../../../../src/training/recipe/recipeSchema.js';
import { type RecipeSetting, recipeSettings, valueAt } from '../../../../src/training/recipe/recipeSettings.js';
import {
  noPreset,
  type RecipeChanges,
  type ResolvedRecipe,
  resolveRecipe,
} from '../../../../src/training/recipe/resolveRecipe.js';
import { sha256 } from '../../dataset/sha256.js';

/** What the form holds: values as they are typed. */
export interface TrainSettings {
  /** The preset that the recipe changes; `none` where a file holds a whole one. */
  readonly preset: string;
  /** The recipe file that was opened. */
  readonly file: { readonly name: string; readonly sha256: string } | null;
  /** Of every setting of the recipe, by its path. */
  readonly values: Readonly<Record<string, string>>;
  /** Empty for all images. */
  readonly limit: string;
  readonly seed: string;
}

/** A whole network of any size but LeNet's takes hours in a page. */
const fitsPage = (recipe: Recipe): boolean => recipe.model === 'lenet' || trainsHeadOnly(recipe);

/** Presets that a page can train, in the order in which it offers them: what ends soonest first. */
export const offeredPresets = [...new Set(['demo', 'lenet', 'quick', ...Object.keys(presets)])].filter((name) =>
  fitsPage(presets[name].recipe),
);

/** What a page takes on, beside the ranges that all recipes have. */
const limits = {
  imageSize: { label: 'an image size', least: 32, most: 224 },
  'training.epochs': { label: 'a number of epochs', least: 1, most: 500 },
  'training.batchSize': { label: 'a batch size', least: 2, most: 256 },
} as const;

const elsewhere = 'The command line does more: save the recipe, and train with `lesionlab run <data> --recipe <file>`.';

/** A preset's settings; of the preset for the demo, the epochs follow from the number of images, so that it ends within minutes. */
export function presetSettings(preset: string, images: number): TrainSettings {
  const { recipe } = resolveRecipe(preset);
  const shorter: Readonly<Record<string, string>> =
    preset === 'demo'
      ? { 'training.epochs': images <= 1000 ? '30' : '20', 'training.batchSize': images <= 1000 ? '16' : '32' }
      : {};
  return {
    preset,
    file: null,
    values: { ...valuesOf(recipe), ...shorter },
    limit: images > 2000 ? '2000' : '',
    seed: '0',
  };
}

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
  const { recipe, preset } = resolveRecipe(readRecipe(decodeRecipe(bytes, file.name), file.name));
  return { ...before, preset, file: { name: file.name, sha256: await sha256(bytes) }, values: valuesOf(recipe) };
}

/** The text of a recipe file with what the form holds. @throws LesionlabError kind `usage` */
export function recipeText(settings: TrainSettings): string {
  const { recipe, preset } = resolveSettings(settings);
  const about = [
    'A recipe from the studio. On the command line: `lesionlab run <data> --run <folder> --recipe <this file>`',
  ];
  return formatRecipe(recipe, { preset, about });
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
  const limit = settings.limit.trim() === '' ? null : Number(settings.limit);
  if (limit !== null && !(Number.isInteger(limit) && limit >= 50))
    throw usageError('bad-setting', 'The number of images must be a whole number from 50, or empty for all.');
  if (!/^\d{1,15}$/.test(settings.seed)) throw usageError('bad-seed', 'The seed must be a whole number from 0.');
  return { ...resolved, limit, seed: Number(settings.seed), recipeFile: settings.file ?? undefined };
}

/** Whether a file of weights has a part in it: whatever is trained as a whole here, LeNet, begins at random. */
export const takesWeights = ({ values }: TrainSettings): boolean =>
  values.model !== 'lenet' || values['training.freeze']?.trim() === 'backbone';

/** Whether nothing comes of it without a file of weights. */
export const needsWeights = (recipe: Recipe): boolean => trainsHeadOnly(recipe);

function resolveSettings({ preset, values }: TrainSettings): ResolvedRecipe {
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
