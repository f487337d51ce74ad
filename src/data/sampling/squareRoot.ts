import { drawByClass, type Sampler } from './sampler.js';

/** Classes by the square root of their counts. */
export const squareRoot: Sampler = {
  title: 'Classes by the square root of their counts',
  description:
    'A class of four times as many images is seen twice as often: half-way between every image once and classes equally often.',
  source: 'Mahajan et al. 2018, arXiv:1805.00932; Kang et al. 2020, arXiv:1910.09217',
  epochSize: ({ labels }) => labels.length,
  drawEpoch: (split, seed, epoch) => drawByClass(split, Math.sqrt, seed, epoch),
};
