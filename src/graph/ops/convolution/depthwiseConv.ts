import { fitShapes, slidingSides } from '../../fitShapes.js';
import type { Graph, Operator, Value } from '../../graph.js';
import { sumOverPositions, transposedConv, turnKernels } from './conv.js';
import type { ConvAttributes } from './convNode.js';
import { padSides } from './convWeightGradient.js';

/**
 * Depthwise convolution, one kernel a channel: x [N, C, H, W], weight [C, 1, k, k], bias [C] (may be left out) to
 * [N, C, H', W'].
 */
export const depthwiseConv: Operator<ConvAttributes> = {
  name: 'depthwiseConv',
  lower(graph, [x, weight, bias], { stride, padding }) {
    const inputs = { input: [x, 'N C H W'], weight: [weight, 'C 1 k k'] } as const;
    fitShapes('depthwiseConv', bias ? { ...inputs, bias: [bias, 'C'] } : inputs);
    const [n, c] = x.shape;
    const k = weight.shape[2];
    const sides = slidingSides('depthwiseConv', x, { kernel: k, stride, padding });
    return graph.node('Conv', bias ? [x, weight, bias] : [x, weight], [n, c, ...sides], {
      kernel_shape: [k, k],
      strides: [stride, stride],
      pads: [padding, padding, padding, padding],
      group: c,
    });
  },
  gradient(graph, { inputs: [x, weight, bias], outputGradient, attributes, wanted }) {
    const weightGradient = graph.target === 'cpu' ? correlatePlanes : multiplyShifts;
    return [
      wanted[0] ? inputGradient(graph, outputGradient, weight, x, attributes) : null,
      wanted[1] ? weightGradient(graph, x, outputGradient, weight, attributes) : null,
      bias && wanted[2] ? sumOverPositions(graph, outputGradient) : null,
    ];
  },
};

/** Stride 1 as a convolution with turned kernels, 16 ms against 23 transposed for 144 channels at 28x28, batch 32. */
function inputGradient(graph: Graph, gradient: Value, weight: Value, x: Value, attributes: ConvAttributes): Value {
  const [c, , k] = weight.shape;
  const padding = k - 1 - attributes.padding;
  if (attributes.stride !== 1 || padding < 0 || graph.target === 'webgpu') {
    return transposedConv(graph, gradient, weight, x.shape, attributes, c);
  }
  return graph.node('Conv', [gradient, turnKernels(graph, weight)], x.shape, {
    kernel_shape: [k, k],
    pads: [padding, padding, padding, padding],
    group: c,
  });
}

/**
 * Each plane of x correlated with its plane of the gradient, all of them as one grouped convolution, then summed over the
 * batch: 40 ms where the form below takes 78 (144 channels at 28x28, batch 32, 2 busy cores).
 */
function correlatePlanes(graph: Graph, x: Value, gradient: Value, weight: Value, attributes: ConvAttributes): Value {
  const { stride, padding } = attributes;
  const [n, c, h, w] = x.shape;
  const [, , height, width] = gradient.shape;
  const k = weight.shape[2];
  const planes = graph.node('Reshape', [x, graph.integers([1, n * c, h, w])], [1, n * c, h, w]);
  const kernels = graph.node(
    'Reshape',
    [gradient, graph.integers([n * c, 1, height, width])],
    [n * c, 1, height, width],
  );
  const sides = [h + 2 * padding - stride * (height - 1), w + 2 * padding - stride * (width - 1)];
  const found = graph.node('Conv', [planes, kernels], [1, n * c, ...sides], {
    kernel_shape: [height, width],
    dilations: [stride, stride],
    pads: [padding, padding, padding, padding],
    group: n * c,
  });
  // With a stride, positions beyond the kernel's own may be left over at the far edge.
  const ends = [graph.integers([0, 0]), graph.integers([k, k]), graph.integers([2, 3])];
  const cut = sides[0] === k && sides[1] === k ? found : graph.node('Slice', [found, ...ends], [1, n * c, k, k]);
  const images = graph.node('Reshape', [cut, graph.integers([n, c, 1, k, k])], [n, c, 1, k, k]);
  return graph.node('ReduceSum', [images, graph.integers([0])], weight.shape, { keepdims: 0 });
}

/** For each offset of the kernel, x shifted by it, times the gradient, summed over images and positions. */
function multiplyShifts(graph: Graph, x: Value, gradient: Value, weight: Value, attributes: ConvAttributes): Value {
  const { stride, padding } = attributes;
  const [, , height, width] = gradient.shape;
  const [c, , k] = weight.shape;
  const padded = padSides(graph, x, padding);
  const sums: Value[] = [];
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      const ends = [i + (height - 1) * stride + 1, j + (width - 1) * stride + 1];
      const bounds = [[i, j], ends, [2, 3], [stride, stride]].map((values) => graph.integers(values));
      const shifted = graph.node('Slice', [padded, ...bounds], gradient.shape);
      const product = graph.node('Mul', [shifted, gradient], gradient.shape);
      sums.push(graph.node('ReduceSum', [product, graph.integers([0, 2, 3])], [c], { keepdims: 0 }));
    }
  }
  const columns = sums.map((sum) => graph.node('Unsqueeze', [sum, graph.integers([1])], [c, 1]));
  const all = graph.node('Concat', columns, [c, k * k], { axis: 1 });
  return graph.node('Reshape', [all, graph.integers(weight.shape)], weight.shape);
}
