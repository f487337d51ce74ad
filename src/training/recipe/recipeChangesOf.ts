import { findUnheeded } from './findUnheeded.js';
import { findPreset } from './presets/registry.js';
import type { RecipeChanges } from './recipeChanges.js';
import type { Recipe } from './recipeSchema.js';
import { recipeSettings, valueAt } from './recipeSettings.js';
import { noPreset, type ResolvedRecipe } from './resolveRecipe.js';
import { groupAt, settingsToSay } from './withChanges.js';

/**
 * What a recipe file would have to say for a recipe to come of it: the preset and the settings that differ, those of the training in full, since
 * some of them make others fall away; without a preset, all settings. What nothing heeds beside the rest is left at the preset's value, as if it hadn't been asked for.
 */
export function recipeChangesOf({ recipe, preset }: Pick<ResolvedRecipe, 'recipe' | 'preset'>): RecipeChanges {
  const { recipe: base, members } = preset === noPreset ? {} : findPreset(preset);
  const idle = new Set(findUnheeded(recipe, () => true).map(({ path }) => path));
  const needed = settingsToSay(base ?? recipe, recipe);
  // One network, where the preset trains several.
  const changes: Record<string, unknown> = base ? { extends: preset, ...(members && { members: [] }) } : {};
  for (const { path, group, name, standard } of recipeSettings) {
    if (base && group !== 'training' && (!needed.has(path) || idle.has(path))) continue;
    const value = idle.has(path) ? (base ? valueAt(base, path) : standard) : valueAt(recipe, path);
    if (value !== undefined) groupAt(changes, group)[name] = value;
  }
  return changes as RecipeChanges & Partial<Recipe>;
}
