import { usageError } from '../../errors.js';
import { nearestName } from '../../nearestName.js';
import { best } from './presets/best.js';
import {
  asTheyAre,
  guideAugmentation,
  moderateAugmentation,
  noAugmentation,
  plainOptimisation,
} from './presets/parts.js';
import type { Preset } from './presets/preset.js';

export type { Preset } from './presets/preset.js';

/** Recipes by name: plain data, meant to be read. */
export const presets: Readonly<Record<string, Preset>> = {
  'guide-lenet': {
    title: "The tutorial's LeNet",
    description:
      'LeNet as in the tutorial: 224 px, batch 10, 30 epochs, learning rate 1e-5; about 40 minutes on 2 cores',
    recipe: {
      model: 'lenet',
      imageSize: 224,
      fit: 'squash',
      normalisation: 'train-split',
      ...asTheyAre,
      featureViews: 1,
      metadata: [],
      augmentation: guideAugmentation,
      training: {
        ...plainOptimisation,
        epochs: 30,
        batchSize: 10,
        optimizer: 'adam',
        learningRate: 1e-5,
        schedule: 'constant',
        warmUp: 0,
        weightDecay: 0,
        classWeights: 'median-frequency',
        labelSmoothing: 0,
        weightAveraging: 0,
      },
      evaluation: { testTimeAugmentation: 'none' },
    },
  },
  lenet: {
    title: 'LeNet, trained well',
    description:
      'LeNet trained well: 112 px, 55 epochs, one-cycle AdamW, averaged weights, averaged flips; 10 to 15 minutes on 2 cores',
    recipe: {
      model: 'lenet',
      imageSize: 112,
      fit: 'squash',
      normalisation: 'train-split',
      ...asTheyAre,
      featureViews: 1,
      metadata: [],
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
  },
  quick: {
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
      metadata: [],
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
  },
  'guide-resnet18': {
    title: "The tutorial's ResNet-18",
    description:
      'ResNet-18 as in the tutorial, all of it trained: 224 px, batch 10, 30 epochs, learning rate 1e-5; give it ImageNet weights with --weights; 6 to 8 hours on 2 cores',
    recipe: {
      model: 'resnet18',
      imageSize: 224,
      fit: 'squash',
      normalisation: 'imagenet',
      ...asTheyAre,
      featureViews: 1,
      metadata: [],
      augmentation: guideAugmentation,
      training: {
        ...plainOptimisation,
        epochs: 30,
        batchSize: 10,
        optimizer: 'adam',
        learningRate: 1e-5,
        schedule: 'constant',
        warmUp: 0,
        weightDecay: 0,
        classWeights: 'median-frequency',
        labelSmoothing: 0,
        weightAveraging: 0,
      },
      evaluation: { testTimeAugmentation: 'none' },
    },
  },
  transfer: {
    title: 'ResNet-18, fine-tuned well',
    description:
      'ResNet-18 from ImageNet weights (--weights): the middle of the image at 160 px, 12 epochs, one-cycle AdamW, the first two stages frozen and the third at 0.4 of the learning rate, averaged weights, averaged flips and turns; training takes about half an hour on 2 cores with AVX-512',
    recipe: {
      model: 'resnet18',
      imageSize: 160,
      // Lesions lie in the middle: the cut keeps their shape, and a third more pixels on them than a squashed image has.
      fit: 'crop',
      normalisation: 'imagenet',
      ...asTheyAre,
      featureViews: 1,
      metadata: [],
      augmentation: {
        ...noAugmentation,
        horizontalFlip: 0.5,
        verticalFlip: 0.5,
        rotationDegrees: 180,
        translate: [0.05, 0.05],
        scale: [0.8, 1.35],
        brightness: 0.2,
        contrast: 0.2,
        saturation: 0.2,
        hue: 0.02,
        fill: 'reflect',
      },
      training: {
        ...plainOptimisation,
        epochs: 12,
        batchSize: 32,
        optimizer: 'adamw',
        learningRate: 7e-4,
        schedule: 'one-cycle',
        warmUp: 0.2,
        weightDecay: 0.1,
        weightDecayOn: 'weights',
        // Edges, blobs and textures are the same in skin: two stages stay, which halves the time and pays for larger images.
        freeze: 'layer2',
        // A stage that knows something already moves more slowly than those that begin at random.
        learningRateFactors: { layer3: 0.4 },
        classWeights: 'square-root',
        labelSmoothing: 0.05,
        weightAveraging: 0.998,
      },
      evaluation: { testTimeAugmentation: 'flips-and-turns' },
    },
  },
  best,
  demo: {
    title: 'LeNet for the demo',
    description: 'LeNet at 64 px for a few hundred synthetic images, about a minute on 2 cores',
    recipe: {
      model: 'lenet',
      imageSize: 64,
      fit: 'squash',
      normalisation: 'train-split',
      ...asTheyAre,
      featureViews: 1,
      metadata: [],
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
  },
};

/** The recipe where none is named. */
export const defaultPreset = 'lenet';

/** @throws LesionlabError kind `usage` for an unknown name */
export function findPreset(name: string): Preset {
  if (Object.hasOwn(presets, name)) return presets[name];
  const near = nearestName(name, Object.keys(presets));
  throw usageError('unknown-preset', `There is no preset "${name}"`, {
    hint: `${near ? `Did you mean ${near}? ` : ''}Choose one of: ${Object.keys(presets).join(', ')}.`,
  });
}
