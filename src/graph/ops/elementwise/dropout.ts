import { fitShapes } from '../../fitShapes.js';
import type { Operator } from '../../graph.js';

/**
 * Dropout with a mask that comes from outside, so that it follows the seed: x times the mask, which is 0 where a number is
 * dropped and 1 / (1 - rate) elsewhere (Srivastava et al. 2014, inverted scaling as in PyTorch). x and mask of one shape.
 */
export const dropout: Operator<Record<string, never>> = {
  name: 'dropout',
  lower(graph, [x, mask]) {
    fitShapes('dropout', { input: [x, '...'] });
    fitShapes('dropout', { mask: [mask, x.shape.join(' ')] });
    return graph.node('Mul', [x, mask], x.shape);
  },
  gradient: (graph, { inputs: [x, mask], outputGradient }) => [
    graph.node('Mul', [outputGradient, mask], x.shape),
    null,
  ],
};
