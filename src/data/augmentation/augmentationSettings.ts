import { z } from 'zod';
import { transforms } from './transforms/registry.js';

type Intersection<Union> = (Union extends unknown ? (value: Union) => void : never) extends (value: infer All) => void
  ? All
  : never;

/** The settings of all transforms. */
const shapes: Intersection<(typeof transforms)[number]['settings']> = Object.assign(
  {},
  ...transforms.map(({ settings }) => settings),
);

/**
 * How training images are varied: the settings of each transform in `transforms/`, mostly torchvision's, whose definitions hold. Zero (or [1, 1] for scale
 * and crop) switches a part off.
 */
export const augmentationSettings = z.strictObject({
  ...shapes,
  fill: z
    .enum(['zero', 'mean', 'reflect'])
    .default('zero')
    .describe(
      'What a pixel shows that came from outside of the image: black, the mean colour of normalisation, or the image mirrored.',
    ),
});

/** How training images are varied, checked: see the schema `augmentationSettings`. */
export type AugmentationSettings = z.infer<typeof augmentationSettings>;
