import { reduceNode, reduction } from './reduce.js';

/** Sum of absolute numbers over some axes. The gradient at 0 is 0, as in PyTorch. */
export const reduceL1 = reduction({
  name: 'reduceL1',
  forward: (graph, x, axes) => reduceNode(graph, 'ReduceL1', x, axes),
  backward: (on, _onKept, { x, d }) => on.multiply(on.sign(x), d),
});
