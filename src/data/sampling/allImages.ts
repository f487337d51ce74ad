import { Random } from '../../random.js';
import type { Sampler } from './sampler.js';

/** Every image once an epoch. */
export const allImages: Sampler = {
  title: 'Every image once',
  description: 'Every image once an epoch, in a fresh order.',
  epochSize: ({ labels }) => labels.length,
  drawEpoch: ({ labels }, seed, epoch) =>
    new Random(seed, 'order', epoch).shuffle(Int32Array.from({ length: labels.length }, (_, row) => row)),
};
