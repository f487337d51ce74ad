import { z } from 'zod';
import { affineMap } from '../../../image/homography.js';
import { probability } from './settingKinds.js';
import { transform } from './transform.js';

/** How a picture is moved. */
export interface Affine {
  /** Degrees, clockwise. */
  readonly rotation: number;
  /** Pixels to the right and down. */
  readonly translate: readonly [number, number];
  readonly scale: number;
}

const still: Affine = { rotation: 0, translate: [0, 0], scale: 1 };
/** TrivialAugment's: up to 32 of 224 pixels. */
const shift = (strength: number, size: number) => Math.trunc((strength * size) / 7);

export const affine = transform({
  name: 'affine',
  title: 'Turned, shifted, scaled',
  about: 'The picture is turned about its middle by any angle, made larger or smaller, and shifted.',
  source: "torchvision's RandomAffine (degrees, translate, scale)",
  settings: {
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
  },
  ranges: ['scale'],
  words: ({ rotationDegrees, translate, scale }) =>
    [
      rotationDegrees > 0 ? `turned by up to ${rotationDegrees}°` : '',
      translate.some((share) => share > 0) ? 'shifted' : '',
      scale.some((factor) => factor !== 1) ? 'made larger or smaller' : '',
    ].filter(Boolean),
  sharesStream: true,
  draw(settings, { size }, random): Affine | null {
    const rotation = random.uniform(-1, 1) * settings.rotationDegrees;
    const shift = (share: number) => Math.round(random.uniform(-1, 1) * share * size) || 0;
    const translate = [shift(settings.translate[0]), shift(settings.translate[1])] as const;
    const scale = random.uniform(...settings.scale);
    const isMoved = rotation !== 0 || translate[0] !== 0 || translate[1] !== 0 || scale !== 1;
    return isMoved ? { rotation, translate, scale } : null;
  },
  strengths: [
    (strength, direction, { size }): Affine => ({ ...still, translate: [direction * shift(strength, size), 0] }),
    (strength, direction, { size }): Affine => ({ ...still, translate: [0, direction * shift(strength, size)] }),
    (strength, direction): Affine => ({ ...still, rotation: 135 * strength * direction }),
  ],
  map: ({ rotation, translate, scale }, size) => affineMap(size, size, rotation, translate, scale),
});
