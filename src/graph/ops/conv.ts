import { usageError } from '../../errors.js';
import type { Attributes, Graph, Operator, Shape, Value } from '../graph.js';

export interface ConvAttributes {
  /** Same in both directions. */
  readonly stride: number;
  readonly padding: number;
}

/** Side of the output of a window that slides over `side` pixels. */
export const slidingSide = (side: number, kernel: number, stride: number, padding: number): number =>
  Math.floor((side + 2 * padding - kernel) / stride) + 1;

/** Convolution: x [N, C, H, W], weight [O, C, k, k], bias [O] (may be left out) to [N, O, H', W']. */
export const conv: Operator<ConvAttributes> = {
  name: 'conv',
  lower(graph, [x, weight, bias], { stride, padding }) {
    const [n, c, h, w] = x.shape;
    const [o, weightChannels, k] = weight.shape;
    const sides = [slidingSide(h, k, stride, padding), slidingSide(w, k, stride, padding)];
    if (c !== weightChannels || Math.min(...sides) < 1) {
      throw usageError('shape', `conv: input [${x.shape}] does not fit weight [${weight.shape}], padding ${padding}`);
    }
    return convNode(graph, x, weight, bias, [n, o, ...sides], {
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

/**
 * Conv as every device computes it right. onnxruntime 1.30's WebGPU kernel goes wrong where the channels are a multiple of
 * 3 but not of 4, more than 3, and the filters a multiple of 4 (https://github.com/microsoft/onnxruntime/issues/29651 seems
 * to be the same); channels of zeros up to a multiple of 4 lead it to its other path.
 */
function convNode(
  graph: Graph,
  x: Value,
  weight: Value,
  bias: Value | undefined,
  shape: Shape,
  attributes: Attributes,
): Value {
  const channels = x.shape[1];
  const wrong = channels % 3 === 0 && channels % 4 !== 0 && channels > 3 && weight.shape[0] % 4 === 0;
  const widen = (value: Value) =>
    graph.target === 'webgpu' && wrong ? padChannels(graph, value, 4 * Math.ceil(channels / 4)) : value;
  const inputs = [widen(x), widen(weight)];
  return graph.node('Conv', bias ? [...inputs, bias] : inputs, shape, attributes);
}

/** [N, C, H, W] to [N, channels, H, W], zeros behind. */
function padChannels(graph: Graph, x: Value, channels: number): Value {
  const [n, c, h, w] = x.shape;
  const pads = graph.integers([0, 0, 0, 0, 0, channels - c, 0, 0]);
  return graph.node('Pad', [x, pads, graph.scalar(0)], [n, channels, h, w]);
}

/** [N, O, H, W] summed to [O]: the gradient of a bias. */
export function sumOverPositions(graph: Graph, outputGradient: Value): Value {
  return graph.node('ReduceSum', [outputGradient, graph.integers([0, 2, 3])], [outputGradient.shape[1]], {
    keepdims: 0,
  });
}

/** Gradient of a convolution's input: the transposed convolution. */
export function convInputGradient(
  graph: Graph,
  outputGradient: Value,
  weight: Value,
  inputShape: Shape,
  { stride, padding }: ConvAttributes,
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
  });
}

/** Gradient of a convolution's weight, from its input and from the gradient of its output. */
export function convWeightGradient(
  graph: Graph,
  x: Value,
  outputGradient: Value,
  weightShape: Shape,
  attributes: ConvAttributes,
): Value {
  const [n, o, height, width] = outputGradient.shape;
  const kernel = graph.node('Transpose', [outputGradient], [o, n, height, width], { perm: [1, 0, 2, 3] });
  return correlateOverBatch(graph, x, kernel, weightShape, attributes);
}

/**
 * dW[o,c,i,j] = sum over n,y,x of dY[o,n,y,x] X[n,c,s y+i,s x+j], itself as a convolution whose kernel is dY and whose
 * channels are the images of the batch. X goes in with its channels last, as rows of W*C numbers, and the kernel is
 * dilated by C along them: the library then copies runs of k*C numbers instead of k, which is twice as fast as the plain
 * form at few channels (5.7 against 9.9 ms for LeNet's second layer).
 * @param x [N, C, H, W]
 * @param outputGradient [O, N, H', W']: the batch second
 */
export function correlateOverBatch(
  graph: Graph,
  x: Value,
  outputGradient: Value,
  weightShape: Shape,
  { stride, padding }: ConvAttributes,
): Value {
  const [n, c, h, w] = x.shape;
  const [o, , k] = weightShape;
  const [, , gradientHeight, gradientWidth] = outputGradient.shape;
  const channelsLast = graph.node('Transpose', [x], [n, h, w, c], { perm: [0, 2, 3, 1] });
  const rows = graph.node('Reshape', [channelsLast, graph.integers([1, n, h, w * c])], [1, n, h, w * c]);
  const height = h + 2 * padding - stride * (gradientHeight - 1);
  const width = (w + 2 * padding - stride * (gradientWidth - 1)) * c;
  const found = convNode(graph, rows, outputGradient, undefined, [1, o, height, width], {
    kernel_shape: [gradientHeight, gradientWidth],
    dilations: [stride, stride * c],
    pads: [padding, padding * c, padding, padding * c],
  });
  // With a stride, positions beyond the kernel's own may be left over at the far edge.
  const ends = [graph.integers([0, 0]), graph.integers([k, k * c]), graph.integers([2, 3])];
  const cut = height === k && width === k * c ? found : graph.node('Slice', [found, ...ends], [1, o, k, k * c]);
  const split = graph.node('Reshape', [cut, graph.integers([o, k, k, c])], [o, k, k, c]);
  return graph.node('Transpose', [split], weightShape, { perm: [0, 3, 1, 2] });
}
