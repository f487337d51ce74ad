import { asTheyAre, guideAugmentation, guideOptimisation } from './parts.js';
import type { Preset } from './preset.js';

/** The tutorial's pretrained network, as the tutorial trains it. */
export const guideResnet18: Preset = {
  title: "The tutorial's ResNet-18",
  description:
    'ResNet-18 as in the tutorial, all of it trained: 224 px, batch 10, 30 epochs, learning rate 1e-5; give it ImageNet weights with --weights; 6 to 8 hours on 2 cores',
  recipe: {
    model: 'resnet18',
    imageSize: 224,
    fit: 'squash',
    normalisation: 'imagenet',
    ...asTheyAre,
    augmentation: guideAugmentation,
    training: guideOptimisation,
    evaluation: { testTimeAugmentation: 'none' },
  },
};
