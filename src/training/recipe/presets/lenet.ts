import { asTheyAre, moderateAugmentation, plainOptimisation } from './parts.js';
import type { Preset } from './preset.js';

/** A small network from random numbers, trained as well as it gets. */
export const lenet: Preset = {
  title: 'LeNet, trained well',
  description:
    'LeNet trained well: 112 px, 55 epochs, one-cycle AdamW, averaged weights, averaged flips; 10 to 15 minutes on 2 cores',
  recipe: {
    model: 'lenet',
    imageSize: 112,
    fit: 'squash',
    normalisation: 'train-split',
    ...asTheyAre,
    augmentation: moderateAugmentation,
    training: {
      ...plainOptimisation,
      epochs: 55,
      batchSize: 32,
      optimizer: 'adamw',
      learningRate: 1.5e-3,
      schedule: 'one-cycle',
      warmUp: 0.2,
      weightDecay: 0.3,
      classWeights: 'square-root',
      labelSmoothing: 0.05,
      weightAveraging: 0.998,
    },
    evaluation: { testTimeAugmentation: 'flips' },
  },
};
