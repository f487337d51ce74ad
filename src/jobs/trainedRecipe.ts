import { defaultPreset } from '../training/recipe/presets/registry.js';
import type { RecipeChanges, RecipeOverrides } from '../training/recipe/recipeChanges.js';
import { recipeSettings, valueAt } from '../training/recipe/recipeSettings.js';
import { spellOutRecipe } from '../training/recipe/spellOutRecipe.js';
import type { PlannedJob } from './plan.js';

/**
 * The recipe that a training's settings come to, asked by the names that these have for it: `settings.recipe.changes.training.epochs`,
 * `settings.overrides.epochs`. Undefined for what is no setting of a recipe, and where they come to none that is known here.
 */
export function trainedRecipe(settings: Partial<PlannedJob>['settings'] = {}): (name: string) => unknown {
  const whole = spellOut(settings as Partial<Extract<PlannedJob, { kind: 'train' }>['settings']>);
  return (name) => whole && valueAt(whole, pathOf(name));
}

function spellOut({
  preset,
  recipe,
  overrides,
  member,
}: Partial<Extract<PlannedJob, { kind: 'train' }>['settings']>): Record<string, unknown> | undefined {
  // A file that is still to be read.
  if (typeof recipe === 'string') return undefined;
  const says = recipe && 'changes' in recipe ? recipe.changes : recipe;
  try {
    return spellOutRecipe((says as RecipeChanges) ?? preset ?? defaultPreset, overrides as RecipeOverrides, member);
  } catch {
    // Of another version; whatever is wrong with it is told when it is begun.
    return undefined;
  }
}

/** `training.epochs`, of what a job calls `settings.overrides.epochs`; of one of several networks, the job's own counts. */
function pathOf(name: string): string {
  const [, override] = /^settings\.overrides\.([^.]+)/.exec(name) ?? [];
  if (override === undefined) return name.replace(/^settings\.recipe\.(changes\.)?(members\.\d+\.)?/, '');
  const setting = recipeSettings.find(
    (one) => one.name === override && ['', 'training', 'evaluation'].includes(one.group),
  );
  return name.replace(`settings.overrides.${override}`, setting?.path ?? override);
}
