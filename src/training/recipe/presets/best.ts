import { longFineTuning } from './parts.js';
import type { Preset } from './preset.js';

/** Networks that make different mistakes, each from ImageNet weights, by the recipe of `transfer`. */
export const best: Preset = {
  title: 'Five networks together',
  description:
    'five networks of three families from ImageNet weights (--weights imagenet, or a folder of files), each by the recipe of transfer; their mean answers; 2 to 3 hours on 2 cores with AVX-512',
  recipe: { model: 'efficientnet_lite2', ...longFineTuning },
  members: [
    { model: 'efficientnet_lite2' },
    { model: 'efficientnet_lite1' },
    { model: 'efficientnet_lite0' },
    { model: 'resnet18' },
    { model: 'mobilenet_v2' },
  ],
};
