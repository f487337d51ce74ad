import type { Activation } from '../activation.js';
import type { Attributes, Graph, Value } from '../graph.js';
import { blockedNode, blockOf, memoryAs, roundUp, storedShape } from './layout.js';

/** Passes over blocked values that know channels. Vectors over channels have whole blocks: [C filled up]. */

/** [C] filled up with zeros to whole blocks. */
export function fillChannels(graph: Graph, vector: Value): Value {
  const [c] = vector.shape;
  const whole = roundUp(c, blockOf(graph));
  if (whole === c) return vector;
  return graph.derive('filled', vector, () =>
    graph.node('Pad', [vector, graph.integers([0, whole - c]), graph.scalar(0)], [whole]),
  );
}

/** The first C elements: the reverse. */
export function cutChannels(graph: Graph, vector: Value, c: number): Value {
  if (vector.shape[0] === c) return vector;
  return graph.node('Slice', [vector, ...[[0], [c], [0]].map((v) => graph.integers(v))], [c]);
}

/** Sum over images and positions of each channel. */
export function sumChannels(graph: Graph, x: Value): Value {
  return graph.derive('sum', x, () => {
    const [n, c, h, w] = storedShape(x.shape, x.layout);
    const means = memoryAs(graph, blockedNode(graph, 'GlobalAveragePool', [x], [n, c, 1, 1]), [n, c]);
    const sums = graph.node('ReduceSum', [means, graph.integers([0])], [c], { keepdims: 0 });
    return graph.node('Mul', [sums, graph.scalar(h * w)], [c]);
  });
}

/**
 * Sum over images and positions of a times b, for each channel: a depthwise convolution of all planes of a with those of b, in
 * one pass that writes nothing in between.
 */
export function sumProducts(graph: Graph, a: Value, b: Value): Value {
  const [n, c] = storedShape(a.shape, a.layout);
  const products = memoryAs(graph, sumPlaneProducts(graph, a, b), [n, c]);
  return graph.node('ReduceSum', [products, graph.integers([0])], [c], { keepdims: 0 });
}

/** Sum over positions of a times b, for each plane: memory [1, N C filled up, 1, 1]. */
export function sumPlaneProducts(graph: Graph, a: Value, b: Value): Value {
  const [n, c, h, w] = storedShape(a.shape, a.layout);
  const planes = memoryAs(graph, a, [1, n * c, h, w]);
  const kernels = memoryAs(graph, b, [n * c, 1, h, w]);
  return blockedNode(graph, 'Conv', [planes, kernels], [1, n * c, 1, 1], { kernel_shape: [h, w], group: n * c });
}

/** Attributes that let a blocked convolution end with an activation. */
export function activationAttributes(activation: Activation): Attributes {
  if (activation === 'none') return {};
  if (activation === 'relu') return { activation: 'Relu' };
  return { activation: 'Clip', activation_params: { floats: [0, 6] } };
}

export interface AffineOptions {
  /** [C filled up], added to each channel. */
  readonly shift?: Value;
  /** Of x's shape, added as well. */
  readonly sum?: Value;
  readonly activation?: Activation;
}

/** activation(scale x + shift + sum), in one pass; scale [C filled up]. */
export function scaleChannels(graph: Graph, x: Value, scale: Value, options: AffineOptions = {}): Value {
  const { shift = null, sum = null, activation = 'none' } = options;
  const [, c] = storedShape(x.shape, x.layout);
  const attributes = { kernel_shape: [1, 1], group: c, ...activationAttributes(activation) };
  const inputs = [x, memoryAs(graph, scale, [c, 1, 1, 1]), shift, sum];
  while (inputs.at(-1) === null) inputs.pop();
  return blockedNode(graph, 'Conv', inputs, x.shape, attributes);
}
