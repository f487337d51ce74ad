import { z } from 'zod';

const probability = z.number().min(0).max(1);
/** ColorJitter's factor comes from [1 - x, 1 + x]. */
const jitter = (what: string) =>
  z
    .number()
    .min(0)
    .default(0)
    .describe(`How much ${what} changes: with 0.1 it is multiplied by a factor from 0.9 to 1.1; 0: not at all.`);

/**
 * How training images are varied, in the terms of torchvision's transforms (v0.14), whose definitions hold:
 * RandomHorizontalFlip, RandomVerticalFlip, RandomAffine (rotation, translate, scale), RandomPerspective, ColorJitter.
 * Zero (or [1, 1] for scale) switches a part off.
 */
export const augmentationSettings = z.strictObject({
  horizontalFlip: probability.default(0).describe('Probability of a left-right flip.'),
  verticalFlip: probability.default(0).describe('Probability of an up-down flip.'),
  rotationDegrees: z
    .number()
    .min(0)
    .max(180)
    .default(0)
    .describe('Largest rotation to either side, in degrees; 0: none, 180: any.'),
  translate: z
    .tuple([probability, probability])
    .default([0, 0])
    .describe('Largest shift to either side, as shares of the width and of the height.'),
  scale: z
    .tuple([z.number().positive(), z.number().positive()])
    .default([1, 1])
    .describe('Smallest and largest factor of size; [1, 1]: none.'),
  perspective: z
    .strictObject({
      distortion: probability.describe('How far the corners move: 0 not at all, 1 up to the middle.'),
      probability: probability.describe('Probability that an image is seen so; 0: never.'),
    })
    .default({ distortion: 0, probability: 0 })
    .describe("The lesion as if seen from the side (RandomPerspective's distortion_scale and p)."),
  brightness: jitter('brightness'),
  contrast: jitter('contrast'),
  saturation: jitter('saturation'),
  hue: z
    .number()
    .min(0)
    .max(0.5)
    .default(0)
    .describe('Largest shift of hue to either side, in turns of the colour circle.'),
  fill: z
    .enum(['zero', 'mean', 'reflect'])
    .default('zero')
    .describe(
      'What a pixel shows that came from outside of the image: black, the mean colour of normalisation, or the image mirrored.',
    ),
});

/** How training images are varied, checked: see the schema `augmentationSettings`. */
export type AugmentationSettings = z.infer<typeof augmentationSettings>;
