import { asTheyAre, guideAugmentation, guideOptimisation } from './parts.js';
import type { Preset } from './preset.js';

/** The tutorial's network, as the tutorial trains it. */
export const guideLenet: Preset = {
  title: "The tutorial's LeNet",
  description: 'LeNet as in the tutorial: 224 px, batch 10, 30 epochs, learning rate 1e-5; about 40 minutes on 2 cores',
  recipe: {
    model: 'lenet',
    imageSize: 224,
    fit: 'squash',
    normalisation: 'train-split',
    ...asTheyAre,
    augmentation: guideAugmentation,
    training: guideOptimisation,
    evaluation: { testTimeAugmentation: 'none' },
  },
};
