import type { Graph, Value } from '../../graph.js';
import type { Passes } from '../elementwise/passes.js';
import { type ReductionCall, reduceNode } from './reduce.js';

/** Gradient of the largest or the smallest number: shared evenly by all that equal it. */
export function shareOfExtremes(on: Passes, onKept: Passes, { x, y, d, axes }: ReductionCall, graph: Graph): Value {
  const chosen = on.numbersOf(on.compare('Equal', x, y));
  const share = onKept.node('Div', [d, reduceNode(graph, 'ReduceSum', chosen, axes)]);
  return on.multiply(chosen, share);
}
