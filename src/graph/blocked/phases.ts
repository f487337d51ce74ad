import type { Graph, Shape, Value } from '../graph.js';

/** s parts [A, B, length] as [A, B, s, length]; parts that are missing are zeros, and undefined where all are. */
export function weave(graph: Graph, parts: readonly (Value | undefined)[], [a, b, length]: Shape): Value | undefined {
  if (parts.length === 1) return parts[0];
  const first = parts.findIndex((part) => part);
  if (first < 0) return undefined;
  const last = parts.findLastIndex((part) => part);
  const found = parts.slice(first, last + 1).map((part) => part ?? zeros(graph, [a, b, length]));
  const joined = [a, b, found.length * length];
  const some = found.length === 1 ? found[0] : graph.node('Concat', found, joined, { axis: 2 });
  if (found.length === parts.length) return some;
  const pads = graph.integers([0, 0, first * length, 0, 0, (parts.length - 1 - last) * length]);
  return graph.node('Pad', [some, pads, graph.scalar(0)], [a, b, parts.length * length]);
}

export const zeros = (graph: Graph, shape: Shape): Value =>
  graph.node('ConstantOfShape', [graph.integers(shape)], shape);
