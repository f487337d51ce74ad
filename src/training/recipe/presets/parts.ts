import { augmentationSettings } from '../../../data/augmentation/augmentationSettings.js';

/** Every way switched off. */
export const noAugmentation = augmentationSettings.parse({});

/** The tutorial's: flips, rotation, shift, scale, viewpoint, illumination. */
export const guideAugmentation = {
  ...noAugmentation,
  horizontalFlip: 0.5,
  verticalFlip: 0.5,
  rotationDegrees: 60,
  translate: [0.1, 0.1] as [number, number],
  scale: [0.9, 1.1] as [number, number],
  perspective: { distortion: 0.2, probability: 0.5 },
  brightness: 0.1,
  contrast: 0.1,
  saturation: 0.1,
  hue: 0.02,
};

/** A lesion has no upright position; small changes of place, size and light, and no black corners. */
export const moderateAugmentation = {
  ...noAugmentation,
  horizontalFlip: 0.5,
  verticalFlip: 0.5,
  rotationDegrees: 90,
  translate: [0.05, 0.05] as [number, number],
  scale: [0.9, 1.2] as [number, number],
  brightness: 0.1,
  contrast: 0.1,
  saturation: 0.1,
  hue: 0.02,
  fill: 'reflect' as const,
};

/** For weights that were trained on many images: whatever turn, and large changes of light. How lesions change in place and size is the preset's own. */
export const strongAugmentation = {
  ...noAugmentation,
  horizontalFlip: 0.5,
  verticalFlip: 0.5,
  rotationDegrees: 180,
  brightness: 0.2,
  contrast: 0.2,
  saturation: 0.2,
  hue: 0.02,
  fill: 'reflect' as const,
};

/** One size, images with their borders and in their light, and nothing that is told beside them. */
export const asTheyAre = {
  trainingImageSize: 0,
  border: 'kept' as const,
  light: 'kept' as const,
  featureViews: 1,
  metadata: [],
};

/** All parameters trained alike, to the last epoch. */
export const plainOptimisation = {
  stepEpochs: 10,
  stepFactor: 0.1,
  // Biases too: the presets' weight decay was chosen that way.
  weightDecayOn: 'all' as const,
  gradientClipping: 0,
  deferredWeights: 0,
  logitAdjustment: 0,
  focalLoss: 0,
  sampling: 'all' as const,
  mixup: 0,
  cutmix: 0,
  freeze: 'none',
  learningRateFactors: {},
  layerDecay: 1,
  dropPath: 0,
  distillation: 0,
  distillationTemperature: 2,
  averagedTail: 0,
  fullSizeEpochs: 0,
  recomputedBatchNorm: 0,
  earlyStopping: 0,
  metadataDropout: 0.2,
  trainOn: 'train' as const,
  checkpointRule: 'balanced-accuracy' as const,
  checkpointSmoothing: 1,
};

/** All of a network that knows ImageNet: few epochs, the last one kept, its weights averaged. */
export const fineTuning = {
  ...plainOptimisation,
  batchSize: 32,
  optimizer: 'adamw' as const,
  learningRate: 7e-4,
  schedule: 'one-cycle' as const,
  warmUp: 0.1,
  weightDecay: 0.05,
  weightDecayOn: 'weights' as const,
  classWeights: 'none' as const,
  // Rare classes count by what is added to their logits: three quarters of balanced softmax, between the best macro AUROC (none) and the best balanced accuracy (all of it).
  logitAdjustment: 0.75,
  labelSmoothing: 0,
  checkpointRule: 'last' as const,
};

/** Twelve epochs of it, held against learning by heart: TrivialAugment, parts covered, blocks left out. */
export const longFineTuning = {
  imageSize: 224,
  ...asTheyAre,
  // Crops of 0.3 of the area and more look as large in this as the whole image does in imageSize.
  trainingImageSize: 176,
  fit: 'crop' as const,
  normalisation: 'weights' as const,
  augmentation: augmentationSettings.parse({
    ...strongAugmentation,
    crop: [0.3, 1],
    cropRatio: [0.8, 1.25],
    trivialAugment: 1,
    erase: { probability: 0.25 },
  }),
  training: { ...fineTuning, epochs: 12, dropPath: 0.2, weightAveraging: 0.998 },
  evaluation: { testTimeAugmentation: 'flips-and-turns' as const },
};

/** The tutorial's: 30 epochs of small steps. */
export const guideOptimisation = {
  ...plainOptimisation,
  epochs: 30,
  batchSize: 10,
  optimizer: 'adam' as const,
  learningRate: 1e-5,
  schedule: 'constant' as const,
  warmUp: 0,
  weightDecay: 0,
  classWeights: 'median-frequency' as const,
  labelSmoothing: 0,
  weightAveraging: 0,
};
