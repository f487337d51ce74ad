import { usageError } from '../../../../src/errors.js';
import { models } from '../../../../src/models/architectures/registry.js';
import { trainsHeadOnly } from '../../../../src/training/headTraining.js';
import { formatRecipe } from '../../../../src/training/recipe/formatRecipe.js';
import { presets } from '../../../../src/training/recipe/presets/registry.js';
import { decodeRecipe, longestRecipe, parseRecipe } from '../../../../src/training/recipe/readRecipe.js';
import type { RecipeChanges, RecipeFile, RecipeOverrides } from '../../../../src/training/recipe/recipeChanges.js';
import type { Recipe } from '../../../../src/training/recipe/recipeSchema.js';
import { type RecipeSetting, recipeSettings, valueAt } from '../../../../src/training/recipe/recipeSettings.js';
import { noPreset, type ResolvedRecipe, resolveRecipe } from '../../../../src/training/recipe/resolveRecipe.js';
import { spellOutRecipe } from '../../../../src/training/recipe/spellOutRecipe.js';
import { sha256 } from '../../dataset/sha256.js';
import type { StudioNetwork } from '../../training/studioNetwork.js';

/** What the fields of a recipe hold: values as they are typed. */
export interface RecipeValues {
  /** The preset that the recipe changes; `none` where a file holds a whole one. */
  readonly preset: string;
  /** The recipe file that was opened. */
  readonly file: { readonly name: string; readonly sha256: string } | null;
  /** Somebody's network that is trained; null for lesionlab's own. */
  readonly network: StudioNetwork | null;
  /** Where the server reads the network, and not the page: the path of its file, empty for lesionlab's own. */
  readonly networkFile?: string;
  /** Of every setting of the recipe, by its path. */
  readonly values: Readonly<Record<string, string>>;
}

/**
 * The settings of a recipe file in place of those in the form; what else the form holds stays.
 * @throws LesionlabError kind `usage` naming the file and the setting
 */
export async function openRecipeFile<T extends RecipeValues>(file: File, before: T): Promise<T> {
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
  const read = parseRecipe(decodeRecipe(bytes, file.name), file.name);
  const opened = { name: file.name, sha256: await sha256(bytes) };
  const { model } = read.changes;
  if (before.networkFile !== undefined && isFile(model)) {
    if (fileName(before.networkFile) !== fileName(model)) throw notOpen(fileName(model), file.name);
    checkAside(read);
    const { extends: preset = noPreset } = read.changes;
    return { ...before, preset, file: opened, values: valuesOfNetwork(spellOutRecipe(read), preset) };
  }
  const { recipe, preset } = resolveRecipe(read, networkOfRecipe(read.changes.model, before.network, file.name));
  const network = before.network?.outline.id === recipe.model ? before.network : null;
  return {
    ...before,
    preset,
    network,
    ...(before.networkFile !== undefined && { networkFile: '' }),
    file: opened,
    values: valuesOf(recipe),
  };
}

/** A recipe names a network out of a file by that file, which has to be open. */
function networkOfRecipe(model: unknown, network: StudioNetwork | null, recipe: string): RecipeOverrides {
  if (!isFile(model)) return {};
  const name = fileName(model);
  if (network?.job.name === name) return { model: network.outline.id };
  throw notOpen(name, recipe);
}

const isFile = (model: unknown): model is string => typeof model === 'string' && /\.onnx$/i.test(model);

const fileName = (path: string) => path.slice(path.search(/[^/\\]*$/));

const notOpen = (name: string, recipe: string) =>
  usageError('no-network-file', `${recipe} trains the network ${name}, which is not chosen here.`, {
    hint: `Choose ${name} as the network first, then the recipe.`,
  });

/** Checks all but what is about a network that nobody has read yet: its name, and those of its stages. */
function checkAside(read: RecipeFile): void {
  const { freeze: _, learningRateFactors: __, ...training } = read.changes.training ?? {};
  const model = presets[read.changes.extends ?? '']?.recipe.model ?? 'resnet18';
  resolveRecipe({ ...read, changes: { ...read.changes, model, training } });
}

/** What the network brings itself stands as the preset has it. */
function valuesOfNetwork(said: Record<string, unknown>, preset: string): Record<string, string> {
  const whole = preset === noPreset ? said : { ...presets[preset]?.recipe, ...said };
  return Object.fromEntries(recipeSettings.map(({ path }) => [path, formatValue(valueAt(whole, path) ?? '')]));
}

/** The text of a recipe file with what the form holds. @throws LesionlabError kind `usage` */
export function recipeText(settings: RecipeValues): string {
  const about = [
    'A recipe from the studio. On the command line: `lesionlab run <data> --run <folder> --recipe <this file>`',
  ];
  const { network, networkFile = '' } = settings;
  if (networkFile !== '') {
    // Not read here, so that nothing is known of its stages. What it brings itself is left unsaid.
    const whole = { ...changesOf(settings), model: fileName(networkFile) } as Recipe;
    return formatRecipe(whole, { preset: settings.preset, about, changesOnly: true });
  }
  const { recipe: resolved, preset } = resolveSettings(settings);
  // By its file, as the command line takes it.
  return formatRecipe(network ? { ...resolved, model: network.job.name } : resolved, { preset, about });
}

/** Whether a file of weights has a part in it: LeNet begins at random, and somebody's network with its own. */
export const takesWeights = ({ values, network }: RecipeValues): boolean =>
  values.model !== network?.outline.id &&
  (values.model !== 'lenet' || values['training.freeze']?.trim() === 'backbone');

/** Whether nothing comes of it without a file of weights. */
export const needsWeights = (recipe: Recipe): boolean => trainsHeadOnly(recipe) && Object.hasOwn(models, recipe.model);

/** @throws LesionlabError kind `usage` naming what is no value of its setting */
export const resolveSettings = (settings: Pick<RecipeValues, 'preset' | 'values'>): ResolvedRecipe =>
  resolveRecipe(changesOf(settings));

/**
 * Every setting as it is typed, and the preset that they change: what a recipe file says.
 * @param isUnsaid of settings that are left out
 */
export function changesOf(
  form: Pick<RecipeValues, 'preset' | 'values'>,
  isUnsaid: (setting: RecipeSetting, form: Pick<RecipeValues, 'preset' | 'values'>) => boolean = () => false,
): RecipeChanges {
  const { preset, values } = form;
  const changes: Record<string, unknown> = preset === noPreset ? {} : { extends: preset };
  for (const setting of recipeSettings) {
    if (isUnsaid(setting, form)) continue;
    let group = changes;
    for (const name of setting.group ? setting.group.split('.') : []) {
      group[name] ??= {};
      group = group[name] as Record<string, unknown>;
    }
    group[setting.name] = parseValue(setting, values[setting.path] ?? '');
  }
  return changes as RecipeChanges;
}

/** Of every setting, as it is typed. */
export const valuesOf = (recipe: Recipe): Record<string, string> =>
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
