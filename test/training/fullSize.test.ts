import { describe, expect, it } from 'vitest';
import { augmentationSettings } from '../../src/data/augmentation/augmentationSettings.js';
import { planBatches } from '../../src/data/augmentation/batches.js';
import { findModel } from '../../src/models/index.js';
import { fullSizeOptions, fullSizeRate, fullSizeTurn, wholeImages } from '../../src/training/fullSize.js';
import { resolveRecipe } from '../../src/training/index.js';
import { recipeTrainerOptions } from '../../src/training/recipeTrainerOptions.js';

describe('the last epochs on whole images', () => {
  const plan = planBatches({ count: 90, batchSize: 8, seed: 0 });

  it('begin where the epochs before them end', () => {
    expect(fullSizeTurn({ epochs: 4, fullSizeEpochs: 1 }, plan)).toBe(plan.epochEnd(2));
    expect(fullSizeTurn({ epochs: 4, fullSizeEpochs: 0 }, plan)).toBeUndefined();
  });

  it('learn at a tenth of the rate, falling to 0', () => {
    const rates = [0, 5, 10].map((step) => fullSizeRate(step, 10, 0.01));
    expect(rates[0]).toBeCloseTo(0.001, 12);
    expect(rates[1]).toBeCloseTo(0.0005, 12);
    expect(rates[2]).toBeCloseTo(0, 12);
  });

  it('cut nothing off, and vary images otherwise as before', () => {
    const before = augmentationSettings.parse({ crop: [0.4, 1], horizontalFlip: 0.5 });
    expect(wholeImages(before)).toEqual({ ...before, crop: [1, 1] });
  });

  it('train classifier and batch norms alone, less what was frozen before', () => {
    const { recipe } = resolveRecipe({ extends: 'transfer', trainingImageSize: 128 });
    const common = { ...recipeTrainerOptions(recipe), classCount: 7, imageSize: 128, classWeights: [] };
    const options = fullSizeOptions(common, recipe);
    expect(options.imageSize).toBe(160);
    const trains = (name: string) => options.trainable!(name);
    expect(['fc.weight', 'layer3.0.bn1.weight', 'layer4.1.bn2.bias'].map(trains)).toEqual([true, true, true]);
    expect(['layer4.0.conv1.weight', 'layer1.0.bn1.weight', 'conv1.weight'].map(trains)).toEqual([false, false, false]);
    expect(findModel(recipe.model).classifier).toEqual(['fc']);
  });
});
