import { describe, expect, it } from 'vitest';
import { presets, type RecipeChanges, recipeChangesOf, resolveRecipe } from '../../src/training/index.js';

describe('what a recipe file would have to say', () => {
  it.each(Object.keys(presets))('gives the same recipe again: %s', (preset) => {
    const changes: RecipeChanges[] = [
      { extends: preset },
      { extends: preset, augmentation: { hue: 0.1, perspective: { distortion: 0.3, probability: 0.2 } } },
      { extends: preset, training: { optimizer: 'sgd', weightDecay: presets[preset].recipe.training.weightDecay } },
      { extends: preset, training: { logitAdjustment: 1 } },
    ];
    for (const own of changes) {
      // Of several networks, what they have in common.
      const resolved = resolveRecipe({ ...own, ...(presets[preset].members && { members: [] }) });
      const again = resolveRecipe(recipeChangesOf(resolved));
      expect(again).toEqual(resolved);
    }
  });

  it('has every setting without a preset', () => {
    const { recipe } = presets.resnet18;
    const changes = recipeChangesOf({ recipe, preset: 'none' });
    expect(changes).toEqual(recipe);
    expect(resolveRecipe(changes)).toEqual({ recipe, preset: 'none', overrides: [] });
  });

  it('changes another recipe as it would a preset', () => {
    const onto = resolveRecipe({ extends: 'lenet', training: { epochs: 3 } });
    const changed = resolveRecipe({ training: { focalLoss: 2 } }, {}, { onto });
    expect(changed.recipe).toEqual({ ...onto.recipe, training: { ...onto.recipe.training, focalLoss: 2 } });
    expect(changed).toMatchObject({ preset: 'lenet', overrides: ['epochs=3', 'focalLoss=2'] });
  });
});
