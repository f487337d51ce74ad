import type { AugmentationSettings } from '../data/augmentation/augmentationSettings.js';
import { transforms } from '../data/augmentation/transforms/registry.js';
import type { Evaluation } from '../evaluation/evaluate.js';
import type { Recipe } from '../training/recipe/config.js';
import { describeDifference } from './describeDifference.js';

/** How training images are varied at random, each way in words: `turned by up to 60°`. Empty where they are not. */
export const describeVariation = (settings: AugmentationSettings): string[] =>
  transforms.flatMap((entry) => entry.words(settings));

/** How the images of a batch are mixed, each way in words: `mixup (shares from Beta(0.2, 0.2))`. Empty where they are not. */
export const describeMixing = ({ mixup, cutmix }: Pick<Recipe['training'], 'mixup' | 'cutmix'>): string[] =>
  Object.entries({ mixup, CutMix: cutmix }).flatMap(([name, alpha]) =>
    alpha > 0 ? [`${name} (shares from Beta(${alpha}, ${alpha}))`] : [],
  );

/** At which size images are trained on, a sentence's part; empty where it is that of prediction. */
export const describeTrainingSide = ({ imageSize, trainingImageSize: side }: Recipe): string =>
  side === 0 || side === imageSize ? '' : `${side} × ${side} pixels in training`;

/** How many looks an answer is made of. */
export const testViews: Readonly<Record<Recipe['evaluation']['testTimeAugmentation'], string>> = {
  none: 'one look at each image',
  flips: 'mean over the image and its mirrored copies',
  'flips-and-turns': 'mean over the image, its mirrored copies, and all of these turned by 90 degrees',
  scales: 'mean over the image and its middle at two magnifications',
  crops: 'mean over the image, its middle and its four corners',
  'flips-and-scales': 'mean over the image and its middle at two magnifications, each with its mirrored copies',
  chosen: 'one look at each image, until views are chosen at the end of training',
};

/** What averaging over views adds to one look at each image, a sentence; empty where it was not compared. */
export function describeViewsGain({ testTimeAugmentation: gain }: Evaluation): readonly string[] {
  if (!gain) return [];
  const what = `Each answer is the ${testViews[gain.views]}. Its balanced accuracy`;
  return describeDifference(gain.comparison, what, 'that of one look at each image');
}

/** What metadata adds to the pixels, a sentence or two for it all and for each column; empty where a network is told none. */
export function describeMetadataGain({ metadata }: Evaluation): readonly string[] {
  if (!metadata) return [];
  return [
    ...describeDifference(
      metadata.comparison,
      'The network is told of an image, too, what the table says. Its balanced accuracy',
      'that of the same network told nothing but the image',
    ),
    ...metadata.columns.flatMap(({ name, comparison }) =>
      describeDifference(
        comparison,
        `With the right ${name} its balanced accuracy`,
        `that with the ${name} of another lesion`,
      ),
    ),
  ];
}
