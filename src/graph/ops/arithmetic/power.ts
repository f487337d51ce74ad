import { broadcastShapes } from '../../broadcast.js';
import { elementCount, type Graph, type Value } from '../../graph.js';
import { expand } from '../arrangement/expand.js';
import { type Passes, passesOver } from '../elementwise/passes.js';
import { binary } from './binary.js';

/**
 * a to the power of b with broadcasting. The gradient of a is 0 where b is 0, and that of b where a is 0 and b isn't negative, as in
 * PyTorch. The logarithm of a is only taken where b's gradient is wanted.
 */
export const power = binary({
  name: 'power',
  keepsZero: 'never',
  // onnxruntime squares and cubes fast, but takes 21 ms for a root by Pow where Sqrt takes 4 (4.8 million numbers).
  forward: (on, a, b, graph) => (constantExponent(graph, a, b) === 0.5 ? on.node('Sqrt', [a]) : raise(graph, on, a, b)),
  gradients: [
    (on, { a, b, y, d }, graph) => {
      const exponent = constantExponent(graph, a, b);
      if (exponent === 1) return d;
      if (exponent === 0.5) return on.node('Div', [d, on.multiply(y, 2)]);
      if (exponent === 2) return on.multiply(d, on.multiply(a, 2));
      const ofExponent = passesOver(graph, b);
      const slope = on.multiply(raise(graph, on, a, ofExponent.subtract(b, 1)), b);
      if (exponent !== undefined && exponent !== 0) return on.multiply(d, slope);
      return on.choose(ofExponent.compare('Equal', b, 0), 0, on.multiply(d, slope));
    },
    (on, { a, b, y, d }, graph) => {
      const [ofBase, ofExponent] = [passesOver(graph, a), passesOver(graph, b)];
      const gradient = on.multiply(d, on.multiply(y, ofBase.node('Log', [a])));
      const notNegative = on.choose(ofExponent.compare('GreaterOrEqual', b, 0), 0, gradient);
      return on.choose(ofBase.compare('Equal', a, 0), notNegative, gradient);
    },
  ],
});

/** The exponent where it is one constant number, and the result has a's shape. */
function constantExponent(graph: Graph, a: Value, b: Value): number | undefined {
  const data = graph.initializers.find(({ name }) => name === b.name)?.data;
  if (data?.length !== 1 || b.shape.length > a.shape.length) return undefined;
  return Number(data[0]);
}

/** onnxruntime 1.30 fails at some Pow on WebGPU where the base, or an exponent of several numbers, spreads: it gets them spread. */
function raise(graph: Graph, on: Passes, base: Value, exponent: Value): Value {
  const shape = broadcastShapes('power, values', [base.shape, exponent.shape]);
  const spread = (value: Value) =>
    `${value.shape}` === `${shape}` ? value : expand.lower(graph, [value], { shape }, {});
  if (graph.target !== 'webgpu') return on.node('Pow', [base, exponent]);
  return on.node('Pow', [spread(base), elementCount(exponent.shape) === 1 ? exponent : spread(exponent)]);
}
