import { hasModel } from '../../models/index.js';
import type { RecipeChanges, RecipeFile, RecipeOverrides } from './recipeChanges.js';
import { byGroup, mergeLayers, readLayers } from './recipeLayers.js';
import { recipeSettings, valueAt } from './recipeSettings.js';
import { groupAt } from './withChanges.js';

/** What a network out of a file brings itself, where nobody says otherwise. */
const ofNetwork = ['imageSize', 'fit', 'normalisation'];

/**
 * Every setting that a recipe comes to, those that it leaves to its preset or to a default among them: two that come to the same are alike, however
 * much of it each says. Nothing is checked, and no file is read: what a network out of a file brings is left out.
 * @param from name of a preset, a recipe file, or what one says @param overrides settings that go before those of `from`
 * @param member of a recipe of several networks: the one that is meant
 * @throws LesionlabError kind `usage` for an unknown preset
 */
export function spellOutRecipe(
  from: string | RecipeFile | RecipeChanges,
  overrides: RecipeOverrides = {},
  member?: string,
): Record<string, unknown> {
  const { base, changes, several } = readLayers(from);
  const own = several.members.find(({ name }) => name === member);
  const said = [changes, own?.changes, byGroup(overrides)];
  const merged = mergeLayers(base?.recipe, said);
  const model = valueAt(merged, 'model');
  const isFile = typeof model === 'string' && !hasModel(model);
  const whole: Record<string, unknown> = {};
  for (const { path, group, name, standard } of recipeSettings) {
    if (isFile && ofNetwork.includes(path) && said.every((layer) => valueAt(layer, path) === undefined)) continue;
    const value = valueAt(merged, path) ?? standard;
    if (value !== undefined) groupAt(whole, group)[name] = value;
  }
  return whole;
}
