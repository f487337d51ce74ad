import { z } from 'zod';
import { augmentationSettings } from '../../data/augmentation/augmentationSettings.js';
import { viewNames } from '../../data/augmentation/views.js';
import { classWeightsKinds } from '../../data/classWeights.js';
import { samplerNames } from '../../data/sampling/samplers.js';
import { borders, fits, lights } from '../../image/fitImage.js';
import { checkpointRules } from '../optimisation/checkpointRule.js';

/** Parts of the images that a training can learn from. */
export const trainingParts = ['train', 'train-and-validation'] as const;

/**
 * What a preset chooses, a recipe file may say otherwise, and an option overrides: a recipe, before any data is seen. The descriptions
 * are for readers: they stand in a printed recipe, in docs/recipes.md and beside the fields of the studio. Defaults are for the
 * config.json of runs from before a setting was there, which trained as the default says.
 */
export const recipe = z.strictObject({
  model: z.string().describe('The network, by its name.'),
  imageSize: z.int().min(16).max(1024).describe("Side of the network's square input, in pixels."),
  trainingImageSize: z
    .int()
    .min(0)
    .max(1024)
    .default(0)
    .describe(
      'Side of the images that the network sees in training, where it is another than in validation and prediction: smaller ones are trained on faster, and random crops look as large in them as the whole image does later (arXiv 1906.06423); 0: imageSize.',
    ),
  fit: z
    .enum(fits)
    .describe(
      'How an image becomes a square: squash scales both sides; crop cuts out the middle and keeps shapes; pad keeps shapes and the whole image, and adds black borders.',
    ),
  border: z
    .enum(borders)
    .default('kept')
    .describe(
      'Whether a dark border (black bars, the edge of a round field of view) is cut off before anything else, in training and in prediction.',
    ),
  light: z
    .enum(lights)
    .default('kept')
    .describe(
      'Whether every image is made to look as under white light, in training and in prediction: shades-of-gray estimates the colour of the light from the image (Finlayson and Trezzi 2004).',
    ),
  normalisation: z
    .enum(['train-split', 'imagenet', 'weights'])
    .describe(
      "Mean and standard deviation by which colours are scaled: the training images' own, ImageNet's, or those that the weights " +
        "file names (where it names none, those that the network's weights usually have: mostly ImageNet's).",
    ),
  featureViews: z
    .int()
    .min(1)
    .max(64)
    .default(1)
    .describe(
      'With the backbone frozen: variants of each training image that features are computed of, the image as it is among them.',
    ),
  metadata: z
    .array(z.string())
    .max(20)
    .default([])
    .describe(
      'Columns of the table that the network is told beside the pixels: age, sex, site, and others that a description of the data calls inputs; it answers without them, too.',
    ),
  augmentation: augmentationSettings.describe(
    "How training images are varied, so that the network does not learn them by heart. The definitions are those of torchvision's transforms.",
  ),
  training: z
    .strictObject({
      epochs: z.int().min(1).describe('Times that every training image is seen.'),
      batchSize: z.int().min(1).describe('Images in a step of the optimizer.'),
      optimizer: z
        .enum(['adam', 'adamw', 'sgd'])
        .describe('Rule by which the weights follow the gradient; sgd has momentum 0.9.'),
      learningRate: z.number().positive().describe('Highest learning rate of the schedule.'),
      schedule: z
        .enum(['constant', 'step', 'cosine', 'one-cycle'])
        .describe(
          'How the learning rate goes on: always the highest; falling in steps; falling to 0 along half a cosine; or rising and then falling.',
        ),
      stepEpochs: z
        .int()
        .min(1)
        .default(10)
        .describe('Of the schedule step: epochs between two falls of the learning rate.'),
      stepFactor: z
        .number()
        .positive()
        .max(1)
        .default(0.1)
        .describe('Of the schedule step: what the learning rate is multiplied by in a fall.'),
      warmUp: z
        .number()
        .min(0)
        .max(1)
        .describe('Share of all steps in which the learning rate rises to its highest; 0: none.'),
      weightDecay: z
        .number()
        .min(0)
        .describe(
          'How strongly weights are pulled towards 0. Each optimizer means something else by it: where only the optimizer is changed, it becomes 0.',
        ),
      weightDecayOn: z
        .enum(['weights', 'all'])
        .default('all')
        .describe('What weight decay is for: filters and matrices only, or biases and batch norms too.'),
      gradientClipping: z
        .number()
        .min(0)
        .default(0)
        .describe('Highest Euclidean norm of all gradients together; longer ones are shortened to it. 0: no limit.'),
      freeze: z
        .string()
        .default('none')
        .describe(
          'What stays as it was: none; backbone (all but the head, which is then trained on features that are computed once); or ' +
            'all stages of the network up to the one named here.',
        ),
      learningRateFactors: z
        .record(z.string(), z.number().positive())
        .default({})
        .describe(
          'What the learning rate is multiplied by, by stage of the network, backbone or classifier; 1 elsewhere.',
        ),
      layerDecay: z
        .number()
        .positive()
        .max(1)
        .default(1)
        .describe(
          'What the learning rate is multiplied by from each stage of the network to the one before it, so that early ones move least; 1: all alike.',
        ),
      dropPath: z
        .number()
        .min(0)
        .max(0.9)
        .default(0)
        .describe(
          'Stochastic depth: the probability that training leaves the last residual block out for an image, rising to it from 0 at the first; 0: what the network usually has, mostly none.',
        ),
      earlyStopping: z
        .int()
        .min(0)
        .default(0)
        .describe(
          'Epochs without a better one on validation (by `checkpointRule`) after which training ends; 0: never early.',
        ),
      metadataDropout: z
        .number()
        .min(0)
        .max(0.95)
        .default(0.2)
        .describe(
          'With metadata: share of images of which training acts as if none of it were known, and of the columns of the others; so the network learns to answer without.',
        ),
      trainOn: z
        .enum(trainingParts)
        .default('train')
        .describe(
          'What is learned from: the training images, or in a last training, with a recipe that is settled, the validation images too; nothing is chosen or calibrated by these then.',
        ),
      checkpointRule: z
        .enum(checkpointRules)
        .default('balanced-accuracy')
        .describe(
          'Which epoch is kept as the best: by balanced accuracy, log loss (classes as frequent as the network is trained to answer for) or macro AUROC on validation; or the last, whatever validation says.',
        ),
      checkpointSmoothing: z
        .int()
        .min(1)
        .max(100)
        .default(1)
        .describe(
          'Epochs over which the figure that chooses the best one is averaged, itself the last of them, so that one lucky epoch does not win; 1: by itself alone.',
        ),
      classWeights: z
        .enum(classWeightsKinds)
        .describe(
          'How much more an image of a rare class counts in the loss, by the counts of the training split: median-frequency balancing, its square root, the inverse of the count, ' +
            'the effective number of images (beyond some thousand, more add little), or all alike.',
        ),
      deferredWeights: z
        .number()
        .min(0)
        .max(0.99)
        .default(0)
        .describe(
          'Share of the training before class weights count: the network first learns from all images alike (deferred re-weighting); 0: from the beginning.',
        ),
      logitAdjustment: z
        .number()
        .min(0)
        .max(2)
        .default(0)
        .describe(
          'While training, the logarithm of each class’s frequency, times this, is added to the logits, so that the network itself learns to answer as if classes were equally frequent ' +
            '(1: balanced softmax); 0: nothing.',
        ),
      focalLoss: z
        .number()
        .min(0)
        .max(5)
        .default(0)
        .describe(
          'Focal loss: images that are nearly right already count less, the more so the larger this is; 0: cross-entropy.',
        ),
      sampling: z
        .enum(samplerNames)
        .default('all')
        .describe(
          'Which images an epoch shows: every one once; as many of each class; classes by the square root of their counts; or one image a lesion, another one each time.',
        ),
      labelSmoothing: z
        .number()
        .min(0)
        .max(0.5)
        .describe('Share of every label that is spread over all classes; 0: none.'),
      mixup: z
        .number()
        .min(0)
        .max(1)
        .default(0)
        .describe(
          'mixup: the share by which two images of a batch are mixed is drawn from Beta(mixup, mixup); 0 switches it off.',
        ),
      cutmix: z
        .number()
        .min(0)
        .max(1)
        .default(0)
        .describe(
          'CutMix: pairs of images of a batch exchange a square, and their labels the share of its area, by shares from Beta(cutmix, cutmix); beside mixup each takes half of the steps. 0 switches it off.',
        ),
      distillation: z
        .number()
        .min(0)
        .max(1)
        .default(0)
        .describe(
          'Share of the loss that comes from the answers of a teacher (a run, an ensemble or an exported model that is named beside the recipe), the rest from the diagnoses; 0: no teacher.',
        ),
      distillationTemperature: z
        .number()
        .min(1)
        .max(20)
        .default(2)
        .describe(
          'What the logits of teacher and network are divided by where the two are compared: the larger, the more unlikely diagnoses count.',
        ),
      weightAveraging: z
        .number()
        .min(0)
        .max(0.99999)
        .describe(
          'Decay per step of the moving average of the weights that is evaluated and saved; 0: the weights themselves.',
        ),
      averagedTail: z
        .number()
        .min(0)
        .max(1)
        .default(0)
        .describe(
          'Share of the training, at its end, whose weights of each step are averaged, all alike (stochastic weight averaging), which is evaluated and saved; 0: none.',
        ),
      fullSizeEpochs: z
        .int()
        .min(0)
        .max(1000)
        .default(0)
        .describe(
          'With trainingImageSize: the last epochs, in which the network sees whole images of imageSize, as in prediction; the classifier and the batch norms get used to them, at a tenth of the learning rate that falls to 0, and the rest stays as it is (arXiv 1906.06423); 0: none.',
        ),
      recomputedBatchNorm: z
        .int()
        .min(0)
        .max(10000)
        .default(0)
        .describe(
          'Batches of training images from which means and variances of batch norms are computed anew for the weights that are evaluated, as averaged weights want it; 0: the running ones are taken.',
        ),
    })
    .describe('How the network learns.'),
  evaluation: z
    .strictObject({
      testTimeAugmentation: z
        .enum(viewNames)
        .describe(
          'Views of an image whose answers are averaged: it alone, its four flips, or these turned by 90 degrees, too (eight); it and its middle at two magnifications (three); it, its middle and its corners (six); ' +
            'the four flips of each magnification (twelve); or those of all these that are best on validation by log loss, chosen when training ends.',
        ),
    })
    .describe('How the trained network answers.'),
});
/** How a network is trained, before any data is seen: every setting, checked. */
export type Recipe = z.infer<typeof recipe>;
