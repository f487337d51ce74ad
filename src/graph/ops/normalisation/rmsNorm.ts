import { columnSums } from '../../broadcast.js';
import { elementCount, type Operator, type Value } from '../../graph.js';
import { reshapeTo } from '../../reshapeTo.js';
import { type LayerNormAttributes, requireNorm } from './layerNorm.js';

/**
 * Norm by the root mean square (Zhang and Sennrich 2019): x to scale x / sqrt(mean of x^2 + epsilon), means over the axes from `axis` on;
 * scale, which may be left out, has the sides of those axes.
 */
export const rmsNorm: Operator<LayerNormAttributes> = {
  name: 'rmsNorm',
  lower(graph, [x, scale], attributes, saved) {
    const axis = requireNorm('rmsNorm', x, attributes, { scale });
    const statistics = x.shape.map((side, i) => (i < axis ? side : 1));
    const axes = x.shape.flatMap((_, i) => (i < axis ? [] : [i]));
    const squares = graph.node('Mul', [x, x], x.shape);
    const mean = graph.node('ReduceMean', [squares], statistics, { axes, keepdims: 1 });
    const shifted = graph.node('Add', [mean, graph.scalar(attributes.epsilon)], statistics);
    saved.inverse = graph.node('Reciprocal', [graph.node('Sqrt', [shifted], statistics)], statistics);
    saved.normal = graph.node('Mul', [x, saved.inverse], x.shape);
    return scale ? graph.node('Mul', [saved.normal, scale], x.shape) : saved.normal;
  },

  /** With n = x inverse and g = scale dy: dx = inverse (g - n mean(g n)); dScale is the sum of dy n over all else. */
  gradient(graph, { inputs: [x, scale], outputGradient, attributes, saved, wanted }) {
    const axis = attributes.axis < 0 ? attributes.axis + x.shape.length : attributes.axis;
    const columns = elementCount(x.shape.slice(axis));
    const matrix = [elementCount(x.shape) / columns, columns];
    const [normal, gradient] = [saved.normal, outputGradient].map((value) => reshapeTo(graph, value, matrix));
    const inverse = reshapeTo(graph, saved.inverse, [matrix[0], 1]);
    const mul = (a: Value, b: Value) => graph.node('Mul', [a, b], matrix);
    const dx = () => {
      const scaled = scale ? mul(gradient, reshapeTo(graph, scale, [columns])) : gradient;
      const mean = graph.node('ReduceMean', [mul(scaled, normal)], inverse.shape, { axes: [1], keepdims: 1 });
      const rest = graph.node('Sub', [scaled, mul(normal, mean)], matrix);
      return reshapeTo(graph, mul(rest, inverse), x.shape);
    };
    const scaleGradient = () => reshapeTo(graph, columnSums(graph, mul(gradient, normal)), scale.shape);
    return [wanted[0] ? dx() : null, wanted[1] ? scaleGradient() : null];
  },
};
