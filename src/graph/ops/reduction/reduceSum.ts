import { reduceNode, reduction, spread } from './reduce.js';

/** Sum over some axes. */
export const reduceSum = reduction({
  name: 'reduceSum',
  forward: (graph, x, axes) => reduceNode(graph, 'ReduceSum', x, axes),
  backward: (_on, _onKept, { x, d, axes }, graph) => spread(graph, d, x, axes),
});
