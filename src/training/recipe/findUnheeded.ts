import type { RecipeFinding } from './checkRecipe.js';
import type { Recipe } from './recipeSchema.js';
import { recipeSettings } from './recipeSettings.js';

/**
 * Settings that were asked for and that nothing would heed beside the others.
 * @param asked whether the setting at a path was asked for
 */
export function findUnheeded(
  { featureViews, trainingImageSize, metadata, augmentation, training }: Recipe,
  asked: (path: string) => boolean,
): RecipeFinding[] {
  const { schedule, freeze, checkpointRule } = training;
  const unheeded = (path: string, text: string): RecipeFinding[] => (asked(path) ? [{ path, text }] : []);
  const noWeights = 'there are no class weights to defer; choose training.classWeights, or leave this out';
  const noSteps = `the schedule ${schedule} has no steps in which the learning rate falls; choose the schedule step, or leave this out`;
  return [
    ...(schedule === 'step'
      ? []
      : ['training.stepEpochs', 'training.stepFactor'].flatMap((path) => unheeded(path, noSteps))),
    ...(training.classWeights === 'none' && training.deferredWeights > 0
      ? unheeded('training.deferredWeights', noWeights)
      : []),
    ...(checkpointRule === 'last'
      ? ['training.checkpointSmoothing', 'training.earlyStopping'].flatMap((path) =>
          unheeded(
            path,
            'the last epoch is kept whatever validation says; choose another training.checkpointRule, or leave this out',
          ),
        )
      : []),
    ...(metadata.length === 0
      ? unheeded(
          'training.metadataDropout',
          'no metadata is given that could be dropped; name columns in metadata, or leave this out',
        )
      : []),
    ...(training.distillation === 0
      ? unheeded(
          'training.distillationTemperature',
          'there is no teacher whose answers it could soften; ask for training.distillation, or leave this out',
        )
      : []),
    ...(freeze === 'backbone' && trainingImageSize > 0
      ? unheeded('trainingImageSize', 'features are computed once, of images as they are in prediction; leave this out')
      : []),
    ...(freeze === 'backbone' && training.cutmix > 0
      ? unheeded('training.cutmix', 'a head is trained on features, which have no squares to exchange; leave this out')
      : []),
    ...Object.entries({ blur: 'sigma', noise: 'sigma', jpeg: 'quality', erase: 'area' } as const).flatMap(
      ([group, name]) =>
        augmentation[group as 'blur'].probability > 0
          ? []
          : unheeded(
              `augmentation.${group}.${name}`,
              `augmentation.${group}.probability is 0; choose another, or leave this out`,
            ),
    ),
    ...(augmentation.crop[0] === 1
      ? unheeded('augmentation.cropRatio', 'nothing is cut out at random; choose augmentation.crop, or leave this out')
      : []),
    ...(freeze === 'backbone'
      ? ['training.layerDecay', 'training.dropPath', 'training.recomputedBatchNorm'].flatMap((path) =>
          unheeded(path, 'with training.freeze: backbone the head alone is trained; freeze less, or leave this out'),
        )
      : unheeded(
          'featureViews',
          'features are computed once only where training.freeze is backbone; freeze it, or leave this out',
        )),
    ...(freeze === 'backbone' && featureViews === 1
      ? recipeSettings
          .filter(({ path }) => path.startsWith('augmentation.'))
          .flatMap(({ path }) =>
            unheeded(
              path,
              'features are computed of each image as it is; ask for more featureViews than 1, or leave this out',
            ),
          )
      : []),
  ];
}
