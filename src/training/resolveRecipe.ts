import type { Recipe } from './config.js';
import { findPreset } from './presets.js';

/** Settings that a user may put in place of the preset's. */
export interface RecipeOverrides {
  readonly model?: string;
  readonly imageSize?: number;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly learningRate?: number;
}

/**
 * A preset's recipe with the user's settings in place of its own.
 * @returns the recipe, and each setting that differs from the preset as `name=value`
 * @throws LesionlabError kind `usage` for an unknown preset
 */
export function resolveRecipe(preset: string, overrides: RecipeOverrides): { recipe: Recipe; overrides: string[] } {
  const { recipe } = findPreset(preset);
  const { model = recipe.model, imageSize = recipe.imageSize, ...training } = overrides;
  const given = Object.fromEntries(Object.entries(training).filter(([, value]) => value !== undefined));
  const changed = Object.entries({ model, imageSize, ...given }).filter(
    ([name, value]) => value !== ({ ...recipe, ...recipe.training } as Record<string, unknown>)[name],
  );
  return {
    recipe: { ...recipe, model, imageSize, training: { ...recipe.training, ...given } },
    overrides: changed.map(([name, value]) => `${name}=${value}`),
  };
}
