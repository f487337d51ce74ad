import type { Graph, Value } from './graph.js';

/** Zeros before and behind what lies along one axis. */
export function padAxis(graph: Graph, x: Value, axis: number, before: number, behind: number): Value {
  if (before === 0 && behind === 0) return x;
  const rank = x.shape.length;
  const pads = Array.from({ length: 2 * rank }, (_, i) => (i === axis ? before : i === rank + axis ? behind : 0));
  const shape = x.shape.map((side, i) => (i === axis ? before + side + behind : side));
  return graph.node('Pad', [x, graph.integers(pads), graph.scalar(0)], shape);
}
