import { requireSpread, sumToShape } from '../../broadcast.js';
import { type Graph, type Operator, requireShape, type Shape, type Value } from '../../graph.js';

/** x repeated along its axes of one side 1, and along new first axes, until it has this shape (ONNX's Expand, within its target). */
export const expand: Operator<{ readonly shape: Shape }> = {
  name: 'expand',
  lower(graph, [x], { shape }) {
    requireShape('expand', shape);
    requireSpread('expand, input', x.shape, shape);
    return graph.node('Expand', [x, targetOf(graph, x, shape)], shape, {}, { type: x.type });
  },
  gradient: (graph, { inputs: [x], outputGradient }) => [sumToShape(graph, outputGradient, x.shape)],
};

/**
 * The target as Expand takes it. A side that x has already is 1, so that x's own is kept. Where a single row is repeated for each image (a class
 * token), how many there are is asked of the images at run time: an exported graph takes any batch size.
 */
function targetOf(graph: Graph, x: Value, shape: Shape): Value {
  const added = shape.length - x.shape.length;
  const kept = (axis: number) => axis >= added && x.shape[axis - added] === shape[axis];
  const sides = shape.map((side, axis) => (kept(axis) ? 1 : side));
  const [images] = graph.inputs;
  const one = added > 0 || x.shape[0] === 1;
  if (!one || shape.length === 0 || shape[0] !== images?.shape[0]) return graph.integers(sides);
  return graph.derive(`expand to ${shape} from ${x.shape}`, images, () => {
    const batch = graph.node('Shape', [images], [1], { start: 0, end: 1 }, { type: 'int64' });
    if (shape.length === 1) return batch;
    return graph.node(
      'Concat',
      [batch, graph.integers(sides.slice(1))],
      [shape.length],
      { axis: 0 },
      { type: 'int64' },
    );
  });
}
