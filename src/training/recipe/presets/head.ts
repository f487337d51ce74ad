import { asTheyAre, moderateAugmentation, plainOptimisation } from './parts.js';
import type { Preset } from './preset.js';

/** A head on features of a network that knows ImageNet: the images go through it once. */
export const head: Preset = {
  title: 'Head on frozen ImageNet features',
  description:
    'a small head on features of a frozen MobileNetV2: the middle of the image at 128 px, features computed once, 20 epochs; needs --weights; about 3 minutes on 2 cores',
  recipe: {
    model: 'mobilenet_v2_levels',
    imageSize: 128,
    fit: 'crop',
    normalisation: 'weights',
    ...asTheyAre,
    featureViews: 6,
    augmentation: moderateAugmentation,
    training: {
      ...plainOptimisation,
      freeze: 'backbone',
      epochs: 20,
      batchSize: 64,
      optimizer: 'adamw',
      learningRate: 1e-3,
      schedule: 'one-cycle',
      warmUp: 0.2,
      weightDecay: 0.05,
      classWeights: 'median-frequency',
      labelSmoothing: 0,
      weightAveraging: 0.995,
    },
    evaluation: { testTimeAugmentation: 'flips' },
  },
};
