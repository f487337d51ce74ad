import { elementCount, type Graph, type Shape, type Value } from '../../graph.js';
import type { ConvGeometry } from '../../slidingWindow.js';
import { reach } from '../../slidingWindow.js';
import { convNode, windowAttributes } from './convNode.js';
import { widenGroups } from './groupWidths.js';

/**
 * How a convolution's input gradient is computed: `pixels` and `flipped` as a convolution of the output's gradient with the
 * weight's first two axes swapped (and its kernel turned by half a circle), `transposed` as a transposed convolution.
 */
export type InputGradientLowering = 'pixels' | 'flipped' | 'transposed';

/**
 * The one place that chooses. Milliseconds on 2 busy cores, batch 16, `flipped` against `transposed`: 7 and 14 for 64
 * channels at 28x28, 15 and 18 for 128 at 14x14, 16 and 23 for 144 depthwise at 28x28 (batch 32); turning 512 x 512 kernels around
 * alone takes 10 to 30.
 * @param weightShape [O, C / groups, k, l]
 */
export function chooseInputGradientLowering(
  weightShape: Shape,
  { kernel, stride, dilation, before, after }: ConvGeometry,
  target: Graph['target'],
): InputGradientLowering {
  if (stride.some((step) => step !== 1)) return 'transposed';
  const padded = [...before, ...after];
  if (kernel.every((side) => side === 1) && padded.every((count) => count === 0)) return 'pixels';
  const fits = padded.every((count, i) => count < reach(kernel[i % 2], dilation[i % 2]));
  return target === 'cpu' && fits && elementCount(weightShape) < 300_000 ? 'flipped' : 'transposed';
}

/** Gradient of a convolution's input [N, C, H, W], from its weight [O, C / groups, k, l] and the gradient of its output. */
export function convInputGradient(
  graph: Graph,
  outputGradient: Value,
  weight: Value,
  inputShape: Shape,
  geometry: ConvGeometry,
): Value {
  const lowering = chooseInputGradientLowering(weight.shape, geometry, graph.target);
  if (lowering === 'transposed') return transposedConv(graph, outputGradient, weight, inputShape, geometry);
  const turned = lowering === 'flipped' ? turnKernels(graph, weight) : weight;
  const { kernel, dilation, before, after, groups } = geometry;
  const remaining = (padding: readonly number[]) =>
    padding.map((count, i) => reach(kernel[i], dilation[i]) - 1 - count);
  return convNode(graph, outputGradient, swapChannels(graph, turned, groups), undefined, inputShape, {
    kernel,
    dilation,
    before: remaining(before),
    after: remaining(after),
    groups,
  });
}

/** Every kernel [k, l] of a weight [O, C, k, l] turned by half a circle. */
function turnKernels(graph: Graph, weight: Value): Value {
  const [, , k, l] = weight.shape;
  if (k === 1 && l === 1) return weight;
  const [begin, end, axes] = [
    [-1, -1],
    [-k - 1, -l - 1],
    [2, 3],
  ].map((values) => graph.integers(values));
  return graph.node('Slice', [weight, begin, end, axes, begin], weight.shape);
}

/** A weight [O, C / groups, k, l] as [C, O / groups, k, l]: within each group, its first two axes swapped. */
function swapChannels(graph: Graph, weight: Value, groups: number): Value {
  const [filters, c, k, l] = weight.shape;
  const o = filters / groups;
  if (o === 1 && c === 1) return weight;
  if (groups === 1) return graph.node('Transpose', [weight], [c, o, k, l], { perm: [1, 0, 2, 3] });
  const split = [groups, o, c, k, l];
  const parts = graph.node('Reshape', [weight, graph.integers(split)], split);
  const swapped = graph.node('Transpose', [parts], [groups, c, o, k, l], { perm: [0, 2, 1, 3, 4] });
  const shape = [groups * c, o, k, l];
  return graph.node('Reshape', [swapped, graph.integers(shape)], shape);
}

/** The transposed convolution that leads from the gradient of a convolution's output to that of its input. */
export function transposedConv(
  graph: Graph,
  outputGradient: Value,
  weight: Value,
  inputShape: Shape,
  geometry: ConvGeometry,
): Value {
  const { kernel, stride, dilation, before, after, groups } = geometry;
  // Rows at the far edge that no window reached get gradient 0: output_padding.
  const missing = inputShape.slice(2).map((side, i) => {
    const reached = (outputGradient.shape[i + 2] - 1) * stride[i] + reach(kernel[i], dilation[i]);
    return side - (reached - before[i] - after[i]);
  });
  // onnxruntime 1.30's WebGPU kernel goes wrong where a group has an even number of channels: one of zeros makes it odd.
  const own = weight.shape[0] / groups;
  const width = graph.target === 'webgpu' && groups > 1 && own % 2 === 0 ? own + 1 : own;
  const inputs = [widenGroups(graph, outputGradient, 1, groups, width), widenGroups(graph, weight, 0, groups, width)];
  return graph.node('ConvTranspose', inputs, inputShape, { ...windowAttributes(geometry), output_padding: missing });
}
