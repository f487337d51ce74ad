import { z } from 'zod';
import type { Part } from '../../../image/homography.js';
import { probability } from './settingKinds.js';
import { transform } from './transform.js';

const share = z.number().positive().max(0.9);
/** Width by height of what is erased, as in the paper. */
const ratios = [0.3, 3.3] as const;

export const erase = transform({
  name: 'erase',
  title: 'Partly covered',
  about: 'A rectangle takes the mean colour, so that the network does not rest on a single spot.',
  source: "torchvision's RandomErasing with value 0 after normalisation; Zhong et al. 2017, arXiv 1708.04896",
  settings: {
    erase: z
      .strictObject({
        probability: probability.default(0).describe('Probability that a part is covered; 0: never.'),
        area: z.tuple([share, share]).default([0.02, 0.33]).describe('Smallest and largest share of the area.'),
      })
      .prefault({})
      .describe('Images that are partly covered (random erasing).'),
  },
  ranges: ['erase.area'],
  words: ({ erase }) => (erase.probability > 0 ? ['partly covered'] : []),
  draw({ erase: { probability, area } }, { target: size }, random): Part | null {
    if (!(random.next() < probability)) return null;
    for (let i = 0; i < 10; i++) {
      const erased = size * size * random.uniform(...area);
      const ratio = Math.exp(random.uniform(Math.log(ratios[0]), Math.log(ratios[1])));
      const [height, width] = [Math.round(Math.sqrt(erased * ratio)), Math.round(Math.sqrt(erased / ratio))];
      if (height < size && width < size)
        return { top: random.integer(size - height + 1), left: random.integer(size - width + 1), width, height };
    }
    return null;
  },
  afterNormalisation: true,
  change({ values, offset, size }, { left, top, width, height }) {
    for (let c = 0; c < 3; c++)
      for (let y = top; y < top + height; y++) {
        const start = offset + c * size * size + y * size + left;
        values.fill(0, start, start + width);
      }
  },
});
