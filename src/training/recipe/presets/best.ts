import { asTheyAre, plainOptimisation, strongAugmentation } from './parts.js';
import type { Preset } from './preset.js';

/** Networks that make different mistakes, each from ImageNet weights, by one recipe. */
export const best: Preset = {
  title: 'Five networks together',
  description:
    'five networks of three families from ImageNet weights (--weights imagenet, or a folder of files), each 16 epochs on random crops and whole images in prediction; their mean answers; about 6 hours on 2 cores',
  recipe: {
    model: 'efficientnet_lite0',
    imageSize: 224,
    ...asTheyAre,
    // Crops of 0.4 of the area and more look as large in this as the whole image does in imageSize.
    trainingImageSize: 176,
    fit: 'crop',
    normalisation: 'weights',
    augmentation: { ...strongAugmentation, crop: [0.4, 1], cropRatio: [0.8, 1.25] },
    training: {
      ...plainOptimisation,
      epochs: 16,
      batchSize: 32,
      optimizer: 'adamw',
      learningRate: 7e-4,
      schedule: 'one-cycle',
      warmUp: 0.1,
      weightDecay: 0.05,
      weightDecayOn: 'weights',
      dropPath: 0.1,
      classWeights: 'none',
      // Rare classes count by what is added to their logits: balanced softmax.
      logitAdjustment: 1,
      labelSmoothing: 0,
      weightAveraging: 0.998,
      checkpointRule: 'last',
    },
    evaluation: { testTimeAugmentation: 'flips-and-turns' },
  },
  members: [
    { model: 'efficientnet_lite0' },
    { model: 'mobilenet_v2' },
    { model: 'efficientnet_lite1', imageSize: 240, trainingImageSize: 192 },
    { model: 'efficientnet_lite2', imageSize: 256, trainingImageSize: 208 },
    { model: 'resnet18' },
  ],
};
