import { z } from 'zod';
import { gaussianBlur } from '../../../image/filters/gaussianBlur.js';
import { probability } from './settingKinds.js';
import { transform } from './transform.js';

const sigma = z.number().min(0.05).max(10);

export const blur = transform({
  name: 'blur',
  title: 'Out of focus',
  about: 'The picture is blurred, as one that is out of focus.',
  source: "torchvision's GaussianBlur, with a kernel of three deviations to either side",
  settings: {
    blur: z
      .strictObject({
        probability: probability.default(0).describe('Probability that an image is blurred; 0: never.'),
        sigma: z
          .tuple([sigma, sigma])
          .default([0.1, 2])
          .describe('Smallest and largest deviation of the Gaussian, in pixels of what the network sees.'),
      })
      .prefault({})
      .describe('Images out of focus.'),
  },
  ranges: ['blur.sigma'],
  words: ({ blur }) => (blur.probability > 0 ? ['blurred'] : []),
  draw({ blur }, _, random) {
    const isBlurred = random.next() < blur.probability;
    const drawn = random.uniform(...blur.sigma);
    return isBlurred ? { sigma: drawn } : null;
  },
  strengths: [(strength) => ({ sigma: 0.1 + 1.9 * strength })],
  change: ({ values, offset, size }, parameters) => gaussianBlur(values, offset, size, parameters.sigma),
});
