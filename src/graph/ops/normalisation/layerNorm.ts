import { requireInteger, requireNumber, unexpected, Words } from '../../../checks.js';
import { columnSums } from '../../broadcast.js';
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
   * With n = (x - mean) inverse and g = scale dy, means over the normalised axes: dx = inverse (g - mean(g) - n mean(g n));
   * dScale and dBias are the sums of dy n and dy over all else.
   */
  gradient(graph, { inputs: [x, scale, bias], outputGradient, attributes, saved, wanted }) {
    const axis = attributes.axis < 0 ? attributes.axis + x.shape.length : attributes.axis;
    const columns = elementCount(x.shape.slice(axis));
    const matrix = [elementCount(x.shape) / columns, columns];
    const gradient = reshapeTo(graph, outputGradient, matrix);
    const inverse = reshapeTo(graph, saved.inverse, [matrix[0], 1]);
    const mul = (a: Value, b: Value) => graph.node('Mul', [a, b], matrix);
    const sub = (a: Value, b: Value) => graph.node('Sub', [a, b], matrix);
    const rowMeans = (value: Value) => graph.node('ReduceMean', [value], [matrix[0], 1], { axes: [1], keepdims: 1 });
    const sums = (value: Value, like: Value) => reshapeTo(graph, columnSums(graph, value), like.shape);
    const centred = saved.centred
      ? reshapeTo(graph, saved.centred, matrix)
      : sub(reshapeTo(graph, x, matrix), reshapeTo(graph, saved.mean, [matrix[0], 1]));
    const normal = mul(centred, inverse);
    const scaled = scale ? mul(gradient, reshapeTo(graph, scale, [columns])) : gradient;
    const dx = () => {
      const along = mul(normal, rowMeans(mul(scaled, normal)));
      return mul(sub(sub(scaled, rowMeans(scaled)), along), inverse);
    };
    return [
      wanted[0] ? reshapeTo(graph, dx(), x.shape) : null,
      wanted[1] ? sums(mul(gradient, normal), scale) : null,
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
