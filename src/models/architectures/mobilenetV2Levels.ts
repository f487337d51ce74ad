import { dropoutLayer, linearLayer, poolLevelsLayer, reluLayer, standardiseLayer } from '../../nn/index.js';
import { defineModel } from '../model.js';
import { buildMobilenetV2Blocks } from './mobilenetV2.js';

/** The last block of each width from 24 to 160 channels: strides 4, 8, 16, 16 and 32. */
const levels = [3, 6, 10, 13, 16];
const hiddenUnits = 256;

/**
 * MobileNetV2 up to its last block of 160 channels, whose head sees mean and spread of the channels at five depths instead of the
 * last layer's mean alone; 752 features. Made for a trunk that stays as ImageNet left it: texture and colour, which tell lesions
 * apart, are in the middle of such a network, while its end is about objects. The trunk's parameters have torchvision's names,
 * so that its MobileNetV2's weights fit.
 */
export const mobilenetV2Levels = defineModel({
  id: 'mobilenet_v2_levels',
  title: 'MobileNetV2 with features of five levels',
  source: "trunk: Sandler et al. 2018, doi 10.1109/CVPR.2018.00474, torchvision's variant; head: lesionlab's own",
  gradCamLayer: 'features.13',
  smallestImageSize: 32,
  defaultNormalisation: 'imagenet',
  stages: [...Array.from({ length: 17 }, (_, i) => `features.${i}`), 'head'],
  classifier: ['head.hidden', 'head.output'],
  featureNorm: 'head.norm',
  buildFeatures(network, images) {
    const blocks = buildMobilenetV2Blocks(network, images, levels.at(-1));
    return poolLevelsLayer(
      network,
      levels.map((level) => blocks[level]),
      'pool',
    );
  },
  buildHead(network, features, classCount) {
    const scaled = dropoutLayer(network, standardiseLayer(network, features, 'head.norm'), 'head.dropout1', 0.3);
    const hidden = reluLayer(network, linearLayer(network, scaled, 'head.hidden', hiddenUnits));
    return linearLayer(network, dropoutLayer(network, hidden, 'head.dropout2', 0.5), 'head.output', classCount);
  },
});
