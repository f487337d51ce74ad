import { reduceNode, reduction } from './reduce.js';
import { shareOfExtremes } from './shareOfExtremes.js';

/** The smallest number along some axes. Where several are equal each gets the same share of the gradient, as in PyTorch's amin. */
export const reduceMin = reduction({
  name: 'reduceMin',
  forward: (graph, x, axes) => reduceNode(graph, 'ReduceMin', x, axes),
  backward: shareOfExtremes,
});
