import { fitShapes, slidingSides } from '../../fitShapes.js';
import { elementCount, type Graph, type Operator, type Shape, type Value } from '../../graph.js';
import { type ConvAttributes, convNode } from './convNode.js';
import { convWeightGradient } from './convWeightGradient.js';

/** Convolution: x [N, C, H, W], weight [O, C, k, k], bias [O] (may be left out) to [N, O, H', W']. */
export const conv: Operator<ConvAttributes> = {
  name: 'conv',
  lower(graph, [x, weight, bias], { stride, padding }) {
    const inputs = { input: [x, 'N C H W'], weight: [weight, 'O C k k'] } as const;
    fitShapes('conv', bias ? { ...inputs, bias: [bias, 'O'] } : inputs);
    const [o, , k] = weight.shape;
    const sides = slidingSides('conv', x, { kernel: k, stride, padding });
    return convNode(graph, x, weight, bias, [x.shape[0], o, ...sides], {
      kernel_shape: [k, k],
      strides: [stride, stride],
      pads: [padding, padding, padding, padding],
    });
  },
  gradient(graph, { inputs: [x, weight, bias], outputGradient, attributes, wanted }) {
    return [
      wanted[0] ? convInputGradient(graph, outputGradient, weight, x.shape, attributes) : null,
      wanted[1] ? convWeightGradient(graph, x, outputGradient, weight.shape, attributes) : null,
      bias && wanted[2] ? sumOverPositions(graph, outputGradient) : null,
    ];
  },
};

/** [N, O, H, W] summed to [O]: the gradient of a bias. */
export function sumOverPositions(graph: Graph, outputGradient: Value): Value {
  return graph.node('ReduceSum', [outputGradient, graph.integers([0, 2, 3])], [outputGradient.shape[1]], {
    keepdims: 0,
  });
}

/**
 * How a convolution's input gradient is computed: `pixels` and `flipped` as a convolution of the output's gradient with the
 * weight's first two axes swapped (and its kernel turned by half a circle), `transposed` as a transposed convolution.
 */
export type InputGradientLowering = 'pixels' | 'flipped' | 'transposed';

/**
 * The one place that chooses. Milliseconds on 2 busy cores, batch 16, `flipped` against `transposed`: 7 and 14 for 64
 * channels at 28x28, 15 and 18 for 128 at 14x14; turning 512 x 512 kernels around alone takes 10 to 30.
 * @param weightShape [O, C, k, k]
 */
export function chooseInputGradientLowering(
  weightShape: Shape,
  { stride, padding }: ConvAttributes,
  target: Graph['target'],
): InputGradientLowering {
  const k = weightShape[2];
  if (stride !== 1) return 'transposed';
  if (k === 1 && padding === 0) return 'pixels';
  return target === 'cpu' && padding < k && elementCount(weightShape) < 300_000 ? 'flipped' : 'transposed';
}

/** Gradient of a convolution's input [N, C, H, W], from its weight [O, C, k, k] and the gradient of its output. */
export function convInputGradient(
  graph: Graph,
  outputGradient: Value,
  weight: Value,
  inputShape: Shape,
  attributes: ConvAttributes,
): Value {
  const lowering = chooseInputGradientLowering(weight.shape, attributes, graph.target);
  if (lowering === 'transposed') return transposedConv(graph, outputGradient, weight, inputShape, attributes);
  const [o, c, k] = weight.shape;
  const turned = lowering === 'flipped' ? turnKernels(graph, weight) : weight;
  const swapped = graph.node('Transpose', [turned], [c, o, k, k], { perm: [1, 0, 2, 3] });
  const padding = k - 1 - attributes.padding;
  return convNode(graph, outputGradient, swapped, undefined, inputShape, {
    kernel_shape: [k, k],
    pads: [padding, padding, padding, padding],
  });
}

/** Every kernel [k, k] of a weight [O, C, k, k] turned by half a circle. */
export function turnKernels(graph: Graph, weight: Value): Value {
  const k = weight.shape[2];
  const [begin, end, axes] = [
    [-1, -1],
    [-k - 1, -k - 1],
    [2, 3],
  ].map((values) => graph.integers(values));
  return graph.node('Slice', [weight, begin, end, axes, begin], weight.shape);
}

/** The transposed convolution that leads from the gradient of a convolution's output to that of its input. */
export function transposedConv(
  graph: Graph,
  outputGradient: Value,
  weight: Value,
  inputShape: Shape,
  { stride, padding }: ConvAttributes,
  group = 1,
): Value {
  const [, , h, w] = inputShape;
  const [, , gradientHeight, gradientWidth] = outputGradient.shape;
  const k = weight.shape[2];
  // Rows at the far edge that no window reached get gradient 0: output_padding.
  const missing = (side: number, gradientSide: number) => side - ((gradientSide - 1) * stride - 2 * padding + k);
  return graph.node('ConvTranspose', [outputGradient, weight], inputShape, {
    kernel_shape: [k, k],
    strides: [stride, stride],
    pads: [padding, padding, padding, padding],
    output_padding: [missing(h, gradientHeight), missing(w, gradientWidth)],
    group,
  });
}
