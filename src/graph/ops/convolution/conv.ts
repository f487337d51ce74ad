import { activate, activationGradient } from '../../activation.js';
import type { Graph, Operator, Shape, Value } from '../../graph.js';
import { type ConvAttributes, type ConvGeometry, convGeometry } from './convGeometry.js';
import { convInputGradient } from './convInputGradient.js';
import { convNode } from './convNode.js';
import { convWeightGradient } from './convWeightGradient.js';

/**
 * Convolution with any stride, padding, dilation and groups, and the activation after it: x [N, C, H, W] (or [N, C, L]), weight
 * [O, C / groups, k, l] (or [O, C / groups, k]), bias [O] (may be left out) to [N, O, H', W'] (or [N, O, L']).
 */
export const conv: Operator<ConvAttributes> = {
  name: 'conv',
  lower(graph, inputs, attributes) {
    const { geometry, shape } = convGeometry('conv', inputs, attributes);
    const [x, weight, bias] = inputs;
    const convolved = convNode(graph, x, weight, bias, shape, geometry);
    return activate(graph, convolved, attributes.activation ?? 'none');
  },
  gradient(graph, { inputs, output, outputGradient, attributes, wanted }) {
    const { geometry } = convGeometry('conv', inputs, attributes);
    const inner = activationGradient(graph, outputGradient, output, attributes.activation ?? 'none');
    const [x, weight, gradient] = [inputs[0], inputs[1], inner].map((value) => asImage(graph, value));
    const images = imageGeometry(geometry);
    const found = [
      wanted[0] ? convInputGradient(graph, gradient, weight, x.shape, images) : null,
      wanted[1] ? convWeightGradient(graph, x, gradient, weight.shape, images) : null,
      inputs[2] && wanted[2] ? sumOverPositions(graph, gradient) : null,
    ];
    return found.map((value, i) => value && asLine(graph, value, inputs[i].shape));
  },
};

/** [N, C, L] as an image of one row, [N, C, 1, L]. */
function asImage(graph: Graph, x: Value): Value {
  if (x.shape.length !== 3) return x;
  const [n, c, length] = x.shape;
  return graph.node('Reshape', [x, graph.integers([-1, c, 1, length])], [n, c, 1, length]);
}

/** The reverse, where the shape is that of a line. */
function asLine(graph: Graph, x: Value, shape: Shape): Value {
  if (x.shape.length === shape.length) return x;
  return graph.node('Reshape', [x, graph.integers([-1, ...shape.slice(1)])], shape);
}

/** The same for the window. */
function imageGeometry(geometry: ConvGeometry): ConvGeometry {
  const { kernel, stride, dilation, before, after, sides, groups } = geometry;
  if (kernel.length === 2) return geometry;
  return {
    kernel: [1, ...kernel],
    stride: [1, ...stride],
    dilation: [1, ...dilation],
    before: [0, ...before],
    after: [0, ...after],
    sides: [1, ...sides],
    groups,
  };
}

/** [N, O, H, W] summed to [O]: the gradient of a bias. */
export function sumOverPositions(graph: Graph, outputGradient: Value): Value {
  return graph.node('ReduceSum', [outputGradient, graph.integers([0, 2, 3])], [outputGradient.shape[1]], {
    keepdims: 0,
  });
}
