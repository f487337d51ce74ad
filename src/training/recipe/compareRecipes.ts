import type { Recipe } from './recipeSchema.js';
import { formatSetting, type RecipeSetting, recipeSettings, valueAt } from './recipeSettings.js';

/** A setting in which two recipes differ, with both values as text. */
export interface RecipeDifference {
  readonly setting: RecipeSetting;
  readonly from: string;
  readonly to: string;
}

/** Settings in which a recipe differs from another, in the order of the schema. */
export function compareRecipes(from: Recipe, to: Recipe): RecipeDifference[] {
  return recipeSettings.flatMap((setting) => {
    const [before, after] = [from, to].map((recipe) => formatSetting(valueAt(recipe, setting.path)));
    return before === after ? [] : [{ setting, from: before, to: after }];
  });
}
