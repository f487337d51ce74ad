import { z } from 'zod';
import { shearMap } from '../../../image/homography.js';
import { transform } from './transform.js';

const angle = z.number().min(0).max(80);

/** Degrees along rows and along columns. */
export interface Slant {
  readonly degrees: readonly [number, number];
}

/** TrivialAugment's: up to 0.99 of a pixel to the side a pixel. */
const slant = (strength: number) => (Math.atan(0.99 * strength) * 180) / Math.PI;

export const shear = transform({
  name: 'shear',
  title: 'Slanted',
  about:
    'The picture is slanted sideways or up and down, as a square becomes a rhombus; turning and scaling come after it.',
  source: "torchvision's RandomAffine (shear)",
  settings: {
    shearDegrees: z
      .tuple([angle, angle])
      .default([0, 0])
      .describe('Largest slant to either side, in degrees, along rows and along columns; [0, 0]: none.'),
  },
  words: ({ shearDegrees: [x, y] }) => (x > 0 || y > 0 ? [`slanted by up to ${Math.max(x, y)}°`] : []),
  draw({ shearDegrees: [x, y] }, _, random): Slant | null {
    const degrees = [random.uniform(-x, x), random.uniform(-y, y)] as const;
    return x > 0 || y > 0 ? { degrees } : null;
  },
  strengths: [
    (strength, direction): Slant => ({ degrees: [direction * slant(strength), 0] }),
    (strength, direction): Slant => ({ degrees: [0, direction * slant(strength)] }),
  ],
  map: ({ degrees }, size) => shearMap(size, size, degrees),
});
