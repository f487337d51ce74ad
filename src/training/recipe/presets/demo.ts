import { asTheyAre, noAugmentation, plainOptimisation } from './parts.js';
import type { Preset } from './preset.js';

/** Small enough for a demonstration on images that are drawn. */
export const demo: Preset = {
  title: 'LeNet for the demo',
  description: 'LeNet at 64 px for a few hundred synthetic images, about a minute on 2 cores',
  recipe: {
    model: 'lenet',
    imageSize: 64,
    fit: 'squash',
    normalisation: 'train-split',
    ...asTheyAre,
    augmentation: {
      ...noAugmentation,
      horizontalFlip: 0.5,
      verticalFlip: 0.5,
      rotationDegrees: 30,
      scale: [0.9, 1.1],
      brightness: 0.1,
      contrast: 0.1,
      fill: 'reflect',
    },
    training: {
      ...plainOptimisation,
      epochs: 60,
      batchSize: 16,
      optimizer: 'adamw',
      learningRate: 1e-3,
      schedule: 'one-cycle',
      warmUp: 0.2,
      weightDecay: 0.05,
      classWeights: 'square-root',
      labelSmoothing: 0,
      weightAveraging: 0.98,
    },
    evaluation: { testTimeAugmentation: 'flips' },
  },
};
