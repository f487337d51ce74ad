import { drawByClass, type Sampler } from './sampler.js';

/** As many images of each class. */
export const classBalanced: Sampler = {
  title: 'Classes equally often',
  description:
    'As many images of each class: those of rare classes are seen many times an epoch, of frequent ones only some. The network answers as if all classes were equally frequent.',
  source: 'Kang et al. 2020, arXiv:1910.09217',
  epochSize: ({ labels }) => labels.length,
  drawEpoch: (split, seed, epoch) => drawByClass(split, () => 1, seed, epoch),
};
