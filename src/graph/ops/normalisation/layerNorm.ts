import { requireInteger, requireNumber, unexpected, Words } from '../../../checks.js';
import { columnSums, rowOfOnes } from '../../broadcast.js';
import { elementCount, type Graph, type Operator, type Shape, type Value } from '../../graph.js';
import { reshapeTo } from '../../reshapeTo.js';

/** Attributes of `layerNorm` and `rmsNorm`. */
export interface LayerNormAttributes {
  /** First of the axes that are normalised together, up to the last; may be negative. */
  readonly axis: number;
  /** Added to the variance. PyTorch's default is 1e-5, transformers' often 1e-6. */
  readonly epsilon: number;
}

/**
 * Layer norm (Ba et al. 2016): x to scale (x - mean) / sqrt(variance + epsilon) + bias, with mean and variance over the axes from `axis`
 * on; scale and bias, which may be left out, have the sides of those axes.
 */
export const layerNorm: Operator<LayerNormAttributes> = {
  name: 'layerNorm',
  lower(graph, [x, scale, bias], attributes, saved) {
    const axis = requireNorm('layerNorm', x, attributes, { scale, bias });
    const normalised = x.shape.slice(axis);
    const statistics = x.shape.map((side, i) => (i < axis ? side : 1));
    // onnxruntime's WebGPU kernel squares before it takes the mean off, and loses digits where that is large.
    const mean =
      graph.target === 'webgpu'
        ? graph.node('ReduceMean', [x], statistics, {
            axes: x.shape.flatMap((_, i) => (i < axis ? [] : [i])),
            keepdims: 1,
          })
        : undefined;
    const source = mean ? graph.node('Sub', [x, mean], x.shape) : x;
    const [y, found, inverse] = graph.nodeWithOutputs(
      'LayerNormalization',
      [source, scale ?? filled(graph, 1, normalised), ...(bias ? [bias] : [])],
      [x.shape, statistics, statistics].map((shape) => ({ shape, type: 'float32' as const })),
      { axis, epsilon: { float: attributes.epsilon } },
    );
    if (mean) saved.centred = source;
    else saved.mean = found;
    saved.inverse = inverse;
    return y;
  },

  /**
   * With c = x - mean, g = scale dy, and means over the normalised axes: dx = inverse (g - mean(g) - c inverse^2 mean(g c)); dScale and
   * dBias are the sums of dy c inverse and dy over all else. Sums along rows and columns are products of dy and dy c with vectors, so
   * that they only read.
   */
  gradient(graph, { inputs: [x, scale, bias], outputGradient, attributes, saved, wanted }) {
    const axis = attributes.axis < 0 ? attributes.axis + x.shape.length : attributes.axis;
    const width = elementCount(x.shape.slice(axis));
    const rows = elementCount(x.shape) / width;
    const shape = [rows, width];
    const node = (operator: string, a: Value, b: Value) => graph.node(operator, [a, b], a.shape);
    const gradient = reshapeTo(graph, outputGradient, shape);
    const inverse = reshapeTo(graph, saved.inverse, [rows, 1]);
    const centred = () =>
      saved.centred
        ? reshapeTo(graph, saved.centred, shape)
        : node('Sub', reshapeTo(graph, x, shape), reshapeTo(graph, saved.mean, [rows, 1]));
    const deviations = wanted[0] || wanted[1] ? centred() : undefined;
    const products = deviations && node('Mul', gradient, deviations);
    const dx = (c: Value, p: Value) => {
      const column = reshapeTo(graph, scale ?? rowOfOnes(graph, width), [width, 1]);
      const rowMeans = (value: Value) =>
        node('Mul', graph.node('MatMul', [value, column], [rows, 1]), graph.scalar(1 / width));
      const scaled = scale ? node('Mul', gradient, reshapeTo(graph, scale, [width])) : gradient;
      const slope = node('Mul', rowMeans(p), node('Mul', inverse, inverse));
      const level = node('Sub', node('Sub', scaled, node('Mul', c, slope)), rowMeans(gradient));
      return node('Mul', level, inverse);
    };
    const sums = (value: Value, like: Value, weights?: Value) =>
      reshapeTo(graph, columnSums(graph, value, weights), like.shape);
    return [
      wanted[0] && deviations && products ? reshapeTo(graph, dx(deviations, products), x.shape) : null,
      wanted[1] && products ? sums(products, scale, inverse) : null,
      wanted[2] ? sums(gradient, bias) : null,
    ];
  },
};

/** The first normalised axis, counted from 0. @throws LesionlabError kind `usage` */
export function requireNorm(
  operator: string,
  x: Value,
  { axis, epsilon }: LayerNormAttributes,
  parameters: Readonly<Record<string, Value | undefined>>,
): number {
  const rank = x.shape.length;
  requireInteger(`${operator}, axis`, axis, { min: -rank, max: rank - 1 });
  requireNumber(`${operator}, epsilon`, epsilon, { min: 0 });
  const first = axis < 0 ? axis + rank : axis;
  const sides = x.shape.slice(first);
  for (const [name, value] of Object.entries(parameters)) {
    if (!value || `${value.shape}` === `${sides}`) continue;
    const expected = `[${sides.join(', ')}], the normalised sides of [${x.shape.join(', ')}]`;
    throw unexpected(`${operator}, ${name}`, expected, new Words(`[${value.shape.join(', ')}]`));
  }
  return first;
}

/** A constant of one number throughout. */
export const filled = (graph: Graph, number: number, shape: Shape): Value =>
  graph.node('Expand', [graph.scalar(number), graph.integers(shape)], shape);
