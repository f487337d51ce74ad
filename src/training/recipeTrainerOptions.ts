import type { MetadataEncoding } from '../data/preparation/metadataInput.js';
import { findToldModel } from '../models/architectures/findToldModel.js';
import { findLearningRateFactor, findTrainable } from './optimisation/parameterRoles.js';
import { decaysOnlyWeights } from './optimisation/parameterRuns.js';
import type { Recipe } from './recipe/config.js';
import type { TrainerOptions } from './trainerOptions.js';

/**
 * How a recipe says a trainer is to train.
 * @param metadata how metadata is encoded, where the network is told any
 * @throws LesionlabError kind `usage` for an unknown model, or stages that the model does not have
 */
export function recipeTrainerOptions(
  { model: id, training }: Pick<Recipe, 'model' | 'training'>,
  metadata?: MetadataEncoding,
): Pick<
  TrainerOptions,
  | 'model'
  | 'batchSize'
  | 'optimizer'
  | 'labelSmoothing'
  | 'focusing'
  | 'mixup'
  | 'cutmix'
  | 'weightAveraging'
  | 'averagedTail'
  | 'dropPath'
  | 'distillation'
  | 'trainable'
> {
  const model = findToldModel(id, metadata);
  const trainable = findTrainable(model, training.freeze);
  return {
    model,
    batchSize: training.batchSize,
    optimizer: {
      kind: training.optimizer,
      weightDecay: training.weightDecay,
      decays: training.weightDecayOn === 'weights' ? decaysOnlyWeights : undefined,
      learningRateFactor: findLearningRateFactor(model, training.learningRateFactors, trainable, training.layerDecay),
      gradientClipping: training.gradientClipping,
    },
    labelSmoothing: training.labelSmoothing,
    focusing: training.focalLoss,
    mixup: training.mixup,
    cutmix: training.cutmix,
    weightAveraging: training.weightAveraging,
    averagedTail: training.averagedTail,
    dropPath: training.dropPath,
    ...(training.distillation > 0 && {
      distillation: { share: training.distillation, temperature: training.distillationTemperature },
    }),
    trainable,
  };
}
