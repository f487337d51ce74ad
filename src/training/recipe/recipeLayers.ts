import { readMembers } from './members.js';
import type { Preset } from './presets/preset.js';
import { findPreset, presets } from './presets/registry.js';
import type { RecipeChanges, RecipeFile, RecipeOverrides } from './recipeChanges.js';
import { recipe as recipeSchema } from './recipeSchema.js';
import { recipeSettings } from './recipeSettings.js';
import { withChanges } from './withChanges.js';

/** A recipe as it is before anything is put together. */
export function readLayers(from: string | RecipeFile | RecipeChanges) {
  const file = typeof from === 'object' && 'changes' in from ? from : undefined;
  const whole = file?.changes ?? (typeof from === 'string' ? { extends: from } : (from as RecipeChanges));
  const { extends: preset, members: _members, weighting: _weighting, ...changes } = whole;
  if (typeof from === 'string') findPreset(from);
  const known = typeof preset === 'string' && Object.hasOwn(presets, preset);
  const base: Preset | undefined = known ? presets[preset] : undefined;
  const several = readMembers(whole, base && { ...base, model: base.recipe.model });
  return { file, preset: preset as unknown, base, changes: changes as Record<string, unknown>, several };
}

/** Overrides by name in the groups that their settings stand in. */
export function byGroup(overrides: RecipeOverrides): Record<string, unknown> {
  const top = recipeSettings.flatMap(({ group, name }) => (group === '' ? [name] : []));
  const grouped: Record<string, Record<string, unknown>> = { training: {}, evaluation: {} };
  const whole: Record<string, unknown> = { ...grouped };
  for (const [name, value] of Object.entries(overrides)) {
    if (top.includes(name)) whole[name] = value;
    else grouped[name in recipeSchema.shape.evaluation.shape ? 'evaluation' : 'training'][name] = value;
  }
  return whole;
}

/** What settings come to that go one before the other, the last first, unchecked. */
export const mergeLayers = (base: object = {}, layers: readonly (object | undefined)[]): object =>
  layers.reduce<object>((merged, layer) => withChanges(merged, layer ?? {}), base);
