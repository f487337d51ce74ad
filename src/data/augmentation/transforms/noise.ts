import { z } from 'zod';
import { Random } from '../../../random.js';
import { probability } from './settingKinds.js';
import { transform } from './transform.js';

const deviation = z.number().min(0).max(0.5);

export const noise = transform({
  name: 'noise',
  title: 'Noise',
  about: 'Every value changes by chance, as in pictures taken with too little light.',
  source: "torchvision's GaussianNoise (v2), with a deviation drawn for each image",
  settings: {
    noise: z
      .strictObject({
        probability: probability.default(0).describe('Probability that an image is noisy; 0: never.'),
        sigma: z
          .tuple([deviation, deviation])
          .default([0, 0.1])
          .describe('Smallest and largest deviation of the noise, of values from 0 to 1.'),
      })
      .prefault({})
      .describe('Images with noise.'),
  },
  ranges: ['noise.sigma'],
  words: ({ noise }) => (noise.probability > 0 ? ['with noise'] : []),
  draw({ noise }, _, random) {
    const isNoisy = random.next() < noise.probability;
    const sigma = random.uniform(...noise.sigma);
    const seed = random.uint32();
    return isNoisy ? { sigma, seed } : null;
  },
  strengths: [(strength, _direction, _frame, seed) => ({ sigma: 0.1 * strength, seed })],
  change({ values, offset, size }, { sigma, seed }) {
    normals ??= drawNormals();
    const normal = normals;
    const random = new Random(seed, 'noise');
    let bits = 0;
    for (let i = offset, odd = false; i < offset + 3 * size * size; i++, odd = !odd) {
      // Two places out of each 32 bits.
      bits = odd ? bits >>> 16 : random.uint32();
      const value = values[i] + sigma * normal[bits & (kept - 1)];
      values[i] = value < 0 ? 0 : value > 1 ? 1 : value;
    }
  },
});

/** Logarithm and sine for every value of every image would take longer than all else that is done to it: normal numbers are drawn from this many. */
const kept = 2 ** 14;
let normals: Float32Array | undefined;

function drawNormals(): Float32Array {
  const random = new Random(0, 'normal numbers');
  const half = Float32Array.from({ length: kept / 2 }, () => random.normal());
  // Each with its opposite, so that the mean is 0.
  const drawn = new Float32Array(kept);
  half.forEach((value, i) => {
    drawn[i] = value;
    drawn[kept / 2 + i] = -value;
  });
  const deviation = Math.sqrt(drawn.reduce((sum, value) => sum + value * value, 0) / kept);
  return drawn.map((value) => value / deviation);
}
