import { z } from 'zod';
import { augmentationSettings } from '../../data/augmentation/augmentationSettings.js';

const triple = z.tuple([z.number(), z.number(), z.number()]);

/**
 * What a preset chooses, and what a user may override: a recipe, before any data is seen. Defaults are for the config.json of
 * runs from before a setting was there, which trained as the default says.
 */
export const recipe = z.strictObject({
  model: z.string(),
  imageSize: z.int().min(16).max(1024),
  fit: z.enum(['squash', 'crop']),
  /** Channel statistics for normalisation: of the training split, ImageNet's, or what the weights file says (ImageNet's where it doesn't). */
  normalisation: z.enum(['train-split', 'imagenet', 'weights']),
  /** Where the backbone is frozen: variants of each training image that features are computed of, the image as it is among them. Default 1. */
  featureViews: z.int().min(1).max(64).optional(),
  augmentation: augmentationSettings,
  training: z.strictObject({
    epochs: z.int().min(1),
    batchSize: z.int().min(1),
    optimizer: z.enum(['adam', 'adamw', 'sgd']),
    /** Highest learning rate of the schedule. */
    learningRate: z.number().positive(),
    schedule: z.enum(['constant', 'step', 'cosine', 'one-cycle']),
    /** Schedule `step`: after every so many epochs the learning rate is multiplied by the factor. */
    stepEpochs: z.int().min(1).default(10),
    stepFactor: z.number().positive().max(1).default(0.1),
    /** Share of all steps in which the learning rate rises to its highest. */
    warmUp: z.number().min(0).max(1),
    weightDecay: z.number().min(0),
    /** What weight decay is for: filters and matrices only, as is usual, or biases and batch norms too. */
    weightDecayOn: z.enum(['weights', 'all']).default('all'),
    /** Highest Euclidean norm of all gradients together; longer ones are shortened to it. 0 switches it off. */
    gradientClipping: z.number().min(0).default(0),
    /**
     * What stays as it was: `none`, `backbone` (all but the head, which is then trained on features that are computed once), or all
     * stages of the model up to the named one.
     */
    freeze: z.string().default('none'),
    /** What the learning rate is multiplied by, by stage of the model, `backbone` or `classifier`; 1 for all others. */
    learningRateFactors: z.record(z.string(), z.number().positive()).default({}),
    /** Epochs without a better balanced accuracy on validation after which training ends; 0 switches it off. */
    earlyStopping: z.int().min(0).default(0),
    /** How class weights follow from the training split's counts: median-frequency balancing, its square root, or none. */
    classWeights: z.enum(['median-frequency', 'square-root', 'none']),
    labelSmoothing: z.number().min(0).max(0.5),
    /** mixup: the share by which two images of a batch are mixed is drawn from Beta(mixup, mixup). 0 switches it off. */
    mixup: z.number().min(0).max(1).default(0),
    /** Decay per step of the exponential moving average of weights that is evaluated and saved; 0 switches it off. */
    weightAveraging: z.number().min(0).max(0.99999),
  }),
  evaluation: z.strictObject({
    /** Views of an image whose predictions are averaged: it alone, its four flips, or these turned by 90 degrees, too (eight). */
    testTimeAugmentation: z.enum(['none', 'flips', 'flips-and-turns']),
  }),
});
export type Recipe = z.infer<typeof recipe>;

export const preprocessingSchema = z.object({
  imageSize: z.int(),
  fit: z.enum(['squash', 'crop']),
  resize: z.literal('bilinear-antialiased'),
  mean: triple,
  std: triple,
  statistics: z.string(),
});

/** How the images were divided; splits.csv holds what came of it. */
export const splitConfig = z.object({
  /** Whole lesions, each image for itself, or one of k folds of whole lesions, counted from 0. */
  rule: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('lesions') }),
    z.object({ kind: z.literal('images') }),
    z.object({ kind: z.literal('fold'), fold: z.int(), folds: z.int() }),
  ]),
  /** What stays together: all images of a lesion, or (where the data names no lesions, or the rule is `images`) nothing. */
  groupedBy: z.enum(['lesion', 'image']),
  /** Each split has the classes in about the same proportions. */
  stratified: z.boolean(),
  /** Shares asked for; they add up to 1. */
  ratios: z.object({ train: z.number(), validation: z.number(), test: z.number() }),
  seed: z.int(),
});
export type SplitConfig = z.infer<typeof splitConfig>;

/** config.json of a run folder: the whole resolved configuration. */
export const runConfig = z.object({
  lesionlab: z.string(),
  created: z.string(),
  /** Name of the preset the recipe came from, and which of its settings were overridden. */
  preset: z.string(),
  overrides: z.array(z.string()),
  seed: z.int(),
  recipe,
  data: z.object({
    /** Absolute path. */
    folder: z.string(),
    metadataFile: z.string(),
    id: z.string(),
    name: z.string(),
    synthetic: z.boolean(),
    licence: z.string().optional(),
    citation: z.string().optional(),
    classes: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        description: z.string().optional(),
        malignant: z.boolean().optional(),
      }),
    ),
    hasLesionIds: z.boolean(),
    images: z.int(),
    lesions: z.int(),
    /** SHA-256 over image ids, labels and the CRC-32 of each image file. */
    sha256: z.string(),
    limit: z.int().nullable(),
    /** Unusable images that were left out by request. */
    excluded: z.array(z.string()),
  }),
  /** Runs of earlier versions lack it. */
  split: splitConfig.optional(),
  preprocessing: preprocessingSchema,
  /** Resolved loss weights in class order. */
  classWeights: z.array(z.number()),
  model: z.object({
    id: z.string(),
    parameters: z.int(),
    weightsFile: z.string().nullable(),
    /** SHA-256 of that file as training began, in hexadecimal; null without one. Runs of earlier versions lack it. */
    weightsSha256: z.string().nullable().optional(),
  }),
  device: z.string(),
  threads: z.int(),
  /** `browser` instead of `node` where the studio trained it in a page. */
  versions: z.object({ node: z.string().optional(), browser: z.string().optional(), onnxruntime: z.string() }),
});
export type RunConfig = z.infer<typeof runConfig>;
