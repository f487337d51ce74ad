import { describe, expect, it } from 'vitest';
import { recipe as recipeSchema } from '../../src/training/recipe/config.js';
import { findPreset, presets } from '../../src/training/recipe/presets/registry.js';
import { formatSetting } from '../../src/training/recipe/recipeSettings.js';
import { resolveRecipe } from '../../src/training/recipe/resolveRecipe.js';
import { recipeTrainerOptions } from '../../src/training/recipeTrainerOptions.js';

describe('presets', () => {
  it.each(Object.entries(presets))('%s is a whole recipe that trains', (_, { recipe }) => {
    expect(recipeSchema.parse(recipe)).toEqual(recipe);
    expect(recipeTrainerOptions(recipe).optimizer.kind).toBe(recipe.training.optimizer);
  });
});

describe('overrides', () => {
  it('take the place of the preset, and those that change something are listed', () => {
    const { recipe, overrides } = resolveRecipe('lenet', {
      epochs: 55,
      schedule: 'step',
      stepEpochs: 4,
      learningRateFactors: { classifier: 2, backbone: 0.1 },
      freeze: 'conv1',
      gradientClipping: 1,
    });
    expect(recipe.training).toMatchObject({ epochs: 55, schedule: 'step', stepEpochs: 4, freeze: 'conv1' });
    expect(overrides).toEqual([
      'schedule=step',
      'stepEpochs=4',
      'gradientClipping=1',
      'freeze=conv1',
      'learningRateFactors=backbone=0.1,classifier=2',
    ]);
    expect(resolveRecipe('lenet', {})).toEqual({ recipe: findPreset('lenet').recipe, preset: 'lenet', overrides: [] });
  });

  it('of the frozen stages leave the factors of these behind, and no others', () => {
    const { recipe, overrides } = resolveRecipe('resnet18', { freeze: 'backbone' });
    expect(recipe.training.learningRateFactors).toEqual({});
    expect(overrides).toEqual(expect.arrayContaining(['freeze=backbone', 'learningRateFactors=none']));
    expect(resolveRecipe('resnet18', { freeze: 'layer1' }).recipe.training.learningRateFactors).toEqual({
      layer3: 0.4,
    });
    const both = () => resolveRecipe('resnet18', { freeze: 'backbone', learningRateFactors: { layer3: 0.4 } });
    expect(both).toThrow(/layer3/);
  });

  it('of another network leave the factors of stages behind that it does not have', () => {
    const { recipe } = resolveRecipe('resnet18', { model: 'lenet', freeze: 'none' });
    expect(recipe.training.learningRateFactors).toEqual({});
    expect(resolveRecipe({ extends: 'resnet18', model: 'resnet34' }).recipe.training.learningRateFactors).toEqual({
      layer3: 0.4,
    });
    const asked = () =>
      resolveRecipe('resnet18', { model: 'lenet', freeze: 'none', learningRateFactors: { layer3: 0.4 } });
    expect(asked).toThrow(/LeNet has no stage "layer3"/);
  });

  it('of another network leave stochastic depth behind where it has no blocks for it', () => {
    const dropPath = (model: string, given = {}) =>
      resolveRecipe('transfer', { model, trainingImageSize: 0, ...given }).recipe.training.dropPath;
    expect(dropPath('resnet34')).toBe(presets.transfer.recipe.training.dropPath);
    expect(dropPath('lenet')).toBe(0);
    expect(() => dropPath('lenet', { dropPath: 0.1 })).toThrow(/LeNet has no residual blocks/);
  });

  it('of another image size take that of training with them', () => {
    const sizes = (from: Parameters<typeof resolveRecipe>[0], size: number) => {
      const { imageSize, trainingImageSize } = resolveRecipe(
        from,
        { imageSize: size },
        { member: 'efficientnet_lite1' },
      ).recipe;
      return [imageSize, trainingImageSize];
    };
    // 176 of 224; whole images where nothing is said.
    expect(sizes('best', 320)).toEqual([320, 251]);
    expect(sizes('best', 240)).toEqual([240, 189]);
    expect(resolveRecipe('resnet18', { imageSize: 96 }).recipe.trainingImageSize).toBe(0);
    expect(resolveRecipe({ extends: 'best', members: [], imageSize: 112 }).recipe.trainingImageSize).toBe(88);
    const given = resolveRecipe(
      { extends: 'best', members: [], trainingImageSize: 176 },
      { imageSize: 288, trainingImageSize: 176 },
    );
    expect(given.recipe.trainingImageSize).toBe(176);
  });

  it("of the optimizer leave the preset's weight decay behind", () => {
    expect(findPreset('lenet').recipe.training.weightDecay).toBeGreaterThan(0);
    const sgd = resolveRecipe('lenet', { optimizer: 'sgd' });
    expect(sgd.recipe.training.weightDecay).toBe(0);
    expect(sgd.overrides).toEqual(['optimizer=sgd', 'weightDecay=0']);
    const given = resolveRecipe('lenet', { optimizer: 'sgd', weightDecay: 1e-4 });
    expect(given.recipe.training.weightDecay).toBe(1e-4);
    const same = resolveRecipe('lenet', { optimizer: 'adamw' });
    expect(same.recipe).toEqual(findPreset('lenet').recipe);
  });

  it('out of range are refused, all of them named', () => {
    expect(() => resolveRecipe('lenet', { gradientClipping: -1, learningRateFactors: { backbone: 0 } })).toThrow(
      expect.objectContaining({
        kind: 'usage',
        code: 'bad-recipe',
        details: [
          expect.stringContaining('training.gradientClipping'),
          expect.stringContaining('training.learningRateFactors.backbone'),
        ],
      }),
    );
  });

  it('of another schedule are refused', () => {
    expect(() => resolveRecipe('lenet', { stepEpochs: 3 })).toThrow(
      expect.objectContaining({ kind: 'usage', message: expect.stringContaining('has no steps') }),
    );
  });
});

it('reads recipes from before these settings were there, which trained as their defaults say', () => {
  const { recipe } = findPreset('lenet');
  const {
    featureViews: _views,
    trainingImageSize: _side,
    border: _border,
    light: _light,
    metadata: _metadata,
    ...before
  } = recipe;
  expect(_metadata).toEqual([]);
  expect([_views, _side, _border, _light]).toEqual([1, 0, 'kept', 'kept']);
  const {
    stepEpochs: _,
    stepFactor: __,
    weightDecayOn: ___,
    gradientClipping: ____,
    freeze: _____,
    learningRateFactors: ______,
    earlyStopping: _______,
    mixup: ________,
    cutmix: _cutmix,
    deferredWeights: _________,
    logitAdjustment: __________,
    focalLoss: ___________,
    sampling: ____________,
    layerDecay: _____________,
    dropPath: ______________,
    checkpointRule: _______________,
    checkpointSmoothing: ________________,
    distillation: _________________,
    distillationTemperature: __________________,
    averagedTail: ___________________,
    recomputedBatchNorm: ____________________,
    fullSizeEpochs: _whole,
    trainOn: _____________________,
    metadataDropout: ______________________,
    ...old
  } = recipe.training;
  expect(Object.keys(old)).toHaveLength(10);
  expect(recipeSchema.parse({ ...before, training: old })).toEqual(recipe);
});

it('formats equal settings alike', () => {
  expect(formatSetting({ b: 2, a: 1 })).toBe(formatSetting({ a: 1, b: 2 }));
  expect([formatSetting(null), formatSetting(undefined), formatSetting({}), formatSetting(0.001)]).toEqual([
    'none',
    'none',
    'none',
    '0.001',
  ]);
});
