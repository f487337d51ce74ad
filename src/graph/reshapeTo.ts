import { type Graph, type Shape, toPlain, type Value } from './graph.js';

/**
 * The same numbers, row by row, under another shape of as many elements. An exported graph then takes any batch size: sides that come first and
 * stay are copied at run time, and the first that changes is worked out from the rest there.
 */
export function reshapeTo(graph: Graph, x: Value, shape: Shape): Value {
  const plain = toPlain(graph, x);
  if (`${plain.shape}` === `${shape}`) return plain;
  // Reshape takes its target as a list, and no constant here is an empty one.
  if (shape.length === 0) return graph.node('Squeeze', [plain], shape, {}, { type: x.type });
  const differs = shape.findIndex((side, i) => side !== plain.shape[i]);
  const sides = shape.map((side, i) => (differs === -1 || i < differs ? 0 : i === differs ? -1 : side));
  return graph.node('Reshape', [plain, graph.integers(sides)], shape, {}, { type: x.type });
}
