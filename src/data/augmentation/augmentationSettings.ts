import { z } from 'zod';

const probability = z.number().min(0).max(1);

/**
 * How training images are varied, in the terms of torchvision's transforms (v0.14), whose definitions hold:
 * RandomHorizontalFlip, RandomVerticalFlip, RandomAffine (rotation, translate, scale), RandomPerspective, ColorJitter.
 * Zero (or [1, 1] for scale) switches a part off.
 */
export const augmentationSettings = z.strictObject({
  /** Probability of a left-right flip. */
  horizontalFlip: probability.default(0),
  /** Probability of an up-down flip. */
  verticalFlip: probability.default(0),
  /** Rotation is drawn from [-rotationDegrees, rotationDegrees]. */
  rotationDegrees: z.number().min(0).max(180).default(0),
  /** Largest shift as a share of the width and of the height. */
  translate: z.tuple([probability, probability]).default([0, 0]),
  /** Range of the scale factor. */
  scale: z.tuple([z.number().positive(), z.number().positive()]).default([1, 1]),
  /** Viewpoint: RandomPerspective's distortion_scale and p. */
  perspective: z.strictObject({ distortion: probability, probability }).default({ distortion: 0, probability: 0 }),
  /** Illumination: ColorJitter's brightness, contrast and saturation (factor from [1 - x, 1 + x]) and hue (turns, up to 0.5). */
  brightness: z.number().min(0).default(0),
  contrast: z.number().min(0).default(0),
  saturation: z.number().min(0).default(0),
  hue: z.number().min(0).max(0.5).default(0),
  /** What a pixel shows that came from outside of the image: black, the mean colour of normalisation, or the image mirrored. */
  fill: z.enum(['zero', 'mean', 'reflect']).default('zero'),
});

export type AugmentationSettings = z.infer<typeof augmentationSettings>;
