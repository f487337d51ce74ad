import { planeMeans, spreadPlanes } from '../../blocked/planes.js';
import { type Graph, type Operator, toPlain, type Value } from '../../graph.js';
import { type ReductionAttributes, reduceNode, reduction, requireAxes, spread } from './reduce.js';

const rowByRow = reduction({
  name: 'reduceMean',
  forward(graph, x, axes) {
    // onnxruntime arranges prediction graphs in blocks of channels up to a GlobalAveragePool, but not up to a ReduceMean.
    if (x.shape.length === 4 && `${axes}` === '2,3')
      return graph.node('GlobalAveragePool', [x], [x.shape[0], x.shape[1], 1, 1]);
    return reduceNode(graph, 'ReduceMean', x, axes);
  },
  backward: (_on, onKept, { x, d, axes, count }, graph) => spread(graph, onKept.multiply(d, 1 / count), x, axes),
});

/** Mean over some axes. Over the positions of channels in blocks it stays in their layout. */
export const reduceMean: Operator<ReductionAttributes> = {
  name: 'reduceMean',
  anyLayout: true,
  lower(graph, [x], attributes, saved) {
    if (!overPlanes(x, attributes)) return rowByRow.lower(graph, [x && toPlain(graph, x)], attributes, saved);
    const means = planeMeans(graph, x);
    if (attributes.keepAxes) return means;
    return graph.node('Flatten', [toPlain(graph, means)], x.shape.slice(0, 2), { axis: 1 });
  },
  gradient(graph, call) {
    const { inputs, outputGradient, attributes } = call;
    const [x] = inputs;
    if (!overPlanes(x, attributes)) {
      const plain = { inputs: [toPlain(graph, x)], outputGradient: toPlain(graph, outputGradient) };
      return rowByRow.gradient(graph, { ...call, ...plain });
    }
    const [n, c, h, w] = x.shape;
    const corner = attributes.keepAxes
      ? outputGradient
      : graph.node('Unsqueeze', [outputGradient, graph.integers([2, 3])], [n, c, 1, 1]);
    return [spreadPlanes(graph, scaled(graph, corner, 1 / (h * w)), x.shape)];
  },
};

const scaled = (graph: Graph, x: Value, factor: number): Value =>
  graph.node('Mul', [x, graph.scalar(factor)], x.shape, {}, { layout: x.layout });

/** Whether it is the mean of each plane of a blocked value. */
const overPlanes = (x: Value | undefined, attributes: ReductionAttributes): boolean =>
  x?.layout?.kind === 'channels' && `${requireAxes('reduceMean', x, attributes)}` === '2,3';
