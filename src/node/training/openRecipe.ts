import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { usageError } from '../../errors.js';
import type { NetworkChoices } from '../../models/foreign/networkToTrain.js';
import type { Progress } from '../../progress.js';
import { readMembers } from '../../training/recipe/members.js';
import { defaultPreset, presets } from '../../training/recipe/presets/registry.js';
import { decodeRecipe, longestRecipe, parseRecipe } from '../../training/recipe/readRecipe.js';
import type { RecipeChanges, RecipeFile, RecipeOverrides } from '../../training/recipe/recipeChanges.js';
import { recipeOfNetwork } from '../../training/recipe/recipeOfNetwork.js';
import { resolveMembers } from '../../training/recipe/resolveMembers.js';
import {
  type ResolvedRecipe,
  recipeMembers,
  resolveRecipe,
  severalNetworks,
} from '../../training/recipe/resolveRecipe.js';
import { addNetworkFile, isNetworkFile } from '../run/networkFile.js';

/** What a recipe is made from. */
export interface RecipeChoice {
  /** Name of a preset; the default where neither it nor a recipe is given. */
  readonly preset?: string | null;
  /** In place of a preset: path of a recipe file, one that was read, or what one says. */
  readonly recipe?: string | RecipeFile | RecipeChanges | null;
  /** Settings that go before those of the preset or the recipe. */
  readonly overrides?: RecipeOverrides;
  /** Of several networks: the one that is meant. */
  readonly member?: string;
  /** What is said of the network, where the model is an ONNX file. */
  readonly network?: NetworkChoices;
}

/**
 * A recipe file, its settings not checked yet: options may still change them.
 * @throws LesionlabError kind `usage` where there is no such file, or it is no YAML
 */
export async function openRecipe(path: string): Promise<RecipeFile> {
  const bytes = await readSmall(path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { ...parseRecipe(decodeRecipe(bytes, path), path), sha256 };
}

async function readSmall(path: string): Promise<Uint8Array> {
  const refuse = (what: string) =>
    usageError('no-recipe-file', `${path} is not a recipe file: ${what}`, {
      hint: '`lesionlab recipe <preset>` prints a recipe to begin with.',
    });
  try {
    const { size } = await stat(path);
    // UTF-16 has two bytes a character.
    if (size > 2 * longestRecipe)
      throw refuse(`it has ${size.toLocaleString('en')} bytes, a recipe has a few thousand`);
    return await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw refuse('there is no such file');
    if (code === 'EISDIR') throw refuse('it is a folder');
    if (code === 'EACCES' || code === 'EPERM') throw refuse('it may not be read');
    throw error;
  }
}

/** With the recipe file opened: read once, however many trainings follow. */
export const withRecipeOpened = async <T extends RecipeChoice>(choice: T): Promise<T> =>
  typeof choice.recipe === 'string' ? { ...choice, recipe: await openRecipe(choice.recipe) } : choice;

export interface ChosenRecipe extends ResolvedRecipe {
  /** What config.json says of the file; undefined where the recipe is from none. */
  readonly recipeFile?: { readonly name: string; readonly sha256: string };
}

/**
 * The recipe that a preset or a recipe file comes to with what is put in its place. A model that is an ONNX file is read, and known by its id from
 * then on; it brings its own size and preprocessing where nobody says others.
 * @param onto a recipe that the recipe changes, in place of a preset
 * @throws LesionlabError kind `usage`; kind `run` where a network's file can't be used
 */
export async function chooseRecipe(
  choice: RecipeChoice,
  progress: Pick<Progress, 'note'>,
  onto?: ResolvedRecipe,
): Promise<ChosenRecipe> {
  const opened = await withRecipeOpened(choice);
  const from = recipeSource(opened);
  const { recipe, member } = opened;
  const overrides = await withNetwork(opened, progress, onto);
  if (recipe && typeof recipe !== 'string') {
    const resolved = resolveRecipe(from, overrides, { member, onto });
    const file = 'changes' in recipe && recipe.sha256 ? { name: recipe.name, sha256: recipe.sha256 } : undefined;
    return { ...resolved, recipeFile: file };
  }
  return resolveRecipe(from, overrides, { member, onto });
}

/** The preset or the recipe that is meant. @throws LesionlabError kind `usage` where both are given */
function recipeSource({ preset, recipe }: RecipeChoice): string | RecipeFile | RecipeChanges {
  if (!recipe || typeof recipe === 'string') return preset ?? defaultPreset;
  if (preset)
    throw usageError('preset-and-recipe', `Both a preset (${preset}) and a recipe were given`, {
      hint: `Leave one of them out; a recipe names the preset that it changes itself: \`extends: ${preset}\`.`,
    });
  return recipe;
}

/** @throws LesionlabError kind `usage` where a recipe trains several networks and none of them is chosen: for what is about one */
export async function refuseSeveral(choice: RecipeChoice): Promise<void> {
  const from = recipeSource(await withRecipeOpened(choice));
  const { members } = recipeMembers(from);
  if (members.length > 0 && choice.member === undefined) throw severalNetworks(from, members);
}

/**
 * The networks that a preset or a recipe trains; none where it trains one, or one of them is chosen.
 * @throws LesionlabError kind `usage` where there is no such preset or file, or the list is wrong
 */
export async function chosenMembers(choice: RecipeChoice): Promise<ReturnType<typeof recipeMembers>> {
  const from = recipeSource(await withRecipeOpened(choice));
  const found = recipeMembers(from);
  if (choice.member !== undefined) return { ...found, members: [] };
  // What is wrong with any of them is said at once; networks out of files are known once these are read.
  const models = [...found.members.map(({ changes }) => changes.model), choice.overrides?.model];
  if (found.members.length > 0 && !models.some((model) => typeof model === 'string' && isNetworkFile(model)))
    resolveMembers(from, choice.overrides);
  return found;
}

/** What is put in place of the recipe's settings, the network's own among them where it is out of a file. */
async function withNetwork(
  { preset, recipe, member, overrides = {}, network = {} }: RecipeChoice,
  progress: Pick<Progress, 'note'>,
  onto?: ResolvedRecipe,
): Promise<RecipeOverrides> {
  const whole: RecipeChanges =
    typeof recipe === 'object' && recipe ? ('changes' in recipe ? recipe.changes : recipe) : {};
  const chosen = readMembers(whole).members.find(({ name }) => name === member);
  const changes: RecipeChanges = { ...whole, ...chosen?.changes };
  const named = overrides.model ?? changes.model;
  if (typeof named !== 'string' || !isNetworkFile(named)) {
    const [idle] = Object.entries(network).flatMap(([name, value]) => (value === undefined ? [] : [name]));
    if (idle === undefined) return overrides;
    throw usageError('no-network-file', `"${idle}" is said of a network out of a file, and there is none.`, {
      hint: {
        terminal: 'Name the file with --model net.onnx, or leave the option out.',
        page: 'Choose a file, or leave it out.',
      },
    });
  }
  // Whatever is wrong with the recipe is told when it is resolved.
  const base = onto?.recipe ?? presets[changes.extends ?? preset ?? defaultPreset]?.recipe;
  const size = overrides.imageSize ?? changes.imageSize;
  const usual = {
    imageSize: size ?? base?.imageSize ?? 224,
    fit: overrides.fit ?? changes.fit ?? base?.fit ?? 'squash',
  };
  const own = recipeOfNetwork(await addNetworkFile(named, { imageSize: size, ...network }, usual, progress));
  // What is said expressly goes before what the file brings.
  const said = { imageSize: changes.imageSize, fit: changes.fit, normalisation: changes.normalisation };
  const isSaid = (entry: [string, unknown]) => entry[1] !== undefined;
  return {
    ...own,
    ...Object.fromEntries(Object.entries(said).filter(isSaid)),
    ...Object.fromEntries(Object.entries(overrides).filter(isSaid)),
    model: own.model,
  };
}
