import { usageError } from '../../errors.js';
import { type Recipe, recipe as recipeSchema } from './config.js';
import { findPreset } from './presets.js';

/** Settings that a user may put in place of the preset's; undefined ones stay as they are. */
export type RecipeOverrides = Partial<
  Readonly<Pick<Recipe, 'model' | 'imageSize' | 'fit'> & Recipe['training'] & Recipe['evaluation']>
>;

/**
 * A preset's recipe with the user's settings in place of its own. With another optimizer than the preset's, weight decay is 0
 * unless it is given too: each optimizer means something else by it.
 * @returns the recipe, and each setting that differs from the preset as `name=value`
 * @throws LesionlabError kind `usage` for an unknown preset, settings out of range, and settings that nothing would heed
 */
export function resolveRecipe(preset: string, overrides: RecipeOverrides): { recipe: Recipe; overrides: string[] } {
  const { recipe } = findPreset(preset);
  const given = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
  const { optimizer = recipe.training.optimizer } = overrides;
  if (optimizer !== recipe.training.optimizer && given.weightDecay === undefined) given.weightDecay = 0;
  const {
    model = recipe.model,
    imageSize = recipe.imageSize,
    fit = recipe.fit,
    testTimeAugmentation = recipe.evaluation.testTimeAugmentation,
    ...training
  } = given as RecipeOverrides;
  const data = { model, imageSize, fit };
  const parsed = recipeSchema.safeParse({
    ...recipe,
    ...data,
    training: { ...recipe.training, ...training },
    evaluation: { testTimeAugmentation },
  });
  if (!parsed.success)
    throw usageError('bad-recipe', 'The settings of the training are out of range', {
      details: parsed.error.issues.map(
        ({ path, message }) => `${path.map(String).join('.') || 'the whole'}: ${message}`,
      ),
    });
  const { schedule } = parsed.data.training;
  if (schedule !== 'step' && (training.stepEpochs !== undefined || training.stepFactor !== undefined))
    throw usageError('step-options', `The schedule ${schedule} has no steps in which the learning rate falls`, {
      hint: {
        terminal: 'Ask for --schedule step, or leave out --step-epochs and --step-factor.',
        page: 'Choose the schedule “step”, or leave out epochs and factor of its steps.',
      },
    });
  const before = { ...recipe, ...recipe.training, ...recipe.evaluation } as Record<string, unknown>;
  const changed = Object.entries(given).filter(([name, value]) => formatSetting(value) !== formatSetting(before[name]));
  return { recipe: parsed.data, overrides: changed.map(([name, value]) => `${name}=${formatSetting(value)}`) };
}

/** A setting's value as text, the same for equal values: `0.001`, `backbone=0.1,layer4=0.5`. */
export function formatSetting(value: unknown): string {
  if (value === null || typeof value !== 'object') return String(value ?? 'none');
  const entries = Object.entries(value).map(([name, inner]) => `${name}=${inner}`);
  return entries.length === 0 ? 'none' : entries.sort().join(',');
}
