import { reduceNode, reduction } from './reduce.js';
import { shareOfExtremes } from './shareOfExtremes.js';

/** The largest number along some axes. Where several are equal each gets the same share of the gradient, as in PyTorch's amax. */
export const reduceMax = reduction({
  name: 'reduceMax',
  forward: (graph, x, axes) => reduceNode(graph, 'ReduceMax', x, axes),
  backward: shareOfExtremes,
});
