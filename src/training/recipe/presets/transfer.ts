import { longFineTuning } from './parts.js';
import type { Preset } from './preset.js';

/** All of one larger network that knows ImageNet. */
export const transfer: Preset = {
  title: 'EfficientNet-Lite2, fine-tuned well',
  description:
    'all of an EfficientNet-Lite2 from ImageNet weights (--weights): 12 epochs on random crops at 176 px, TrivialAugment, averaged weights, averaged flips and turns at 224 px; about 35 minutes on 2 cores with AVX-512',
  recipe: { model: 'efficientnet_lite2', ...longFineTuning },
};
