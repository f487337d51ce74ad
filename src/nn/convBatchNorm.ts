import { batchNorm, conv, depthwiseConv, elementCount, unbiasedVariance, type Value } from '../graph/index.js';
import { kaimingNormalFanOut } from './initialisers.js';
import type { BufferInfo, Network, ParameterInfo } from './network.js';

export interface ConvBatchNormOptions {
  /** Names of the two layers, for example `conv1` and `bn1`. */
  readonly conv: string;
  readonly norm: string;
  /** Left out for a depthwise convolution, which has a filter a channel. */
  readonly filters?: number;
  readonly kernel: number;
  readonly stride?: number;
  /** Default keeps the sides at stride 1: half the kernel, rounded down. */
  readonly padding?: number;
}

/** PyTorch's default. */
export const batchNormEpsilon = 1e-5;

interface Tensors {
  readonly weight: ParameterInfo;
  readonly scale: ParameterInfo;
  readonly bias: ParameterInfo;
  readonly mean: BufferInfo;
  readonly variance: BufferInfo;
}

/**
 * Convolution without bias, then batch norm (Ioffe and Szegedy 2015): [N, C, H, W] to [N, filters, H', W']. Weights
 * are named as in PyTorch: `<conv>.weight`, `<norm>.weight`, `<norm>.bias`, `<norm>.running_mean`, `<norm>.running_var`.
 *
 * Where the convolution is trained, the batch's own statistics normalise it. The convolution then takes the running mean off as
 * its bias, which costs nothing, changes nothing (batch norm takes the rest of the mean off), and keeps the sums of squares in
 * the gradient from losing digits. Where it is frozen, the running statistics are folded into its weight and bias.
 */
export function convBatchNorm(network: Network, x: Value, options: ConvBatchNormOptions): Value {
  const { kernel, stride = 1, padding = Math.floor(kernel / 2) } = options;
  const depthwise = options.filters === undefined;
  const filters = options.filters ?? x.shape[1];
  const tensors = declareTensors(options, [filters, depthwise ? 1 : x.shape[1], kernel, kernel]);
  const convolve = (weight: Value, bias: Value) =>
    network.graph.apply(depthwise ? depthwiseConv : conv, [x, weight, bias], { stride, padding });
  const output = network.isTrainable(tensors.weight.name)
    ? normaliseByBatch(network, options.norm, tensors, convolve)
    : convolve(...foldedParameters(network, options.conv, tensors));
  network.activations.set(options.conv, output);
  const weights = elementCount(tensors.weight.shape);
  const [, , height, width] = output.shape;
  network.layers.push({
    name: options.conv,
    type: `${kernel}x${kernel} ${depthwise ? 'depthwise ' : ''}convolution${stride > 1 ? `, stride ${stride}` : ''}, batch norm`,
    outputShape: output.shape.slice(1),
    parameters: weights + 2 * filters,
    operations: 2 * (weights + filters) * height * width,
  });
  return output;
}

function declareTensors({ conv, norm }: ConvBatchNormOptions, shape: readonly number[]): Tensors {
  const channels = [shape[0]];
  const constant = (value: number) => () => new Float32Array(shape[0]).fill(value);
  return {
    weight: { name: `${conv}.weight`, shape, initialise: (random) => kaimingNormalFanOut(shape, random) },
    scale: { name: `${norm}.weight`, shape: channels, initialise: constant(1) },
    bias: { name: `${norm}.bias`, shape: channels, initialise: constant(0) },
    mean: { name: `${norm}.running_mean`, shape: channels, initial: 0 },
    variance: { name: `${norm}.running_var`, shape: channels, initial: 1 },
  };
}

function normaliseByBatch(
  network: Network,
  name: string,
  tensors: Tensors,
  convolve: (weight: Value, bias: Value) => Value,
): Value {
  const { graph } = network;
  const weight = network.parameter(tensors.weight);
  const scale = network.parameter(tensors.scale);
  const bias = network.parameter(tensors.bias);
  const runningMean = network.buffer(tensors.mean);
  network.updatedBuffer(tensors.variance);
  const centred = convolve(weight, graph.node('Neg', [runningMean], runningMean.shape));
  const attributes = { epsilon: batchNormEpsilon, nearlyCentred: true };
  const { output, saved } = graph.call(batchNorm, [centred, scale, bias], attributes);
  network.statistics.push({
    name,
    mean: graph.node('Add', [saved.mean, runningMean], runningMean.shape),
    variance: unbiasedVariance(graph, saved.variance, centred),
  });
  return output;
}

/** weight * s and bias - mean * s with s = scale / sqrt(variance + epsilon), per filter. */
function foldedParameters(network: Network, name: string, tensors: Tensors): [Value, Value] {
  const weight = network.frozenParameter(tensors.weight);
  const scale = network.frozenParameter(tensors.scale);
  const bias = network.frozenParameter(tensors.bias);
  const mean = network.frozenBuffer(tensors.mean);
  const variance = network.frozenBuffer(tensors.variance);
  const { shape } = tensors.weight;
  const size = weight.length / shape[0];
  const folded = new Float32Array(weight.length);
  const shift = new Float32Array(shape[0]);
  for (let filter = 0; filter < shape[0]; filter++) {
    const factor = scale[filter] / Math.sqrt(variance[filter] + batchNormEpsilon);
    for (let i = filter * size; i < (filter + 1) * size; i++) folded[i] = weight[i] * factor;
    shift[filter] = bias[filter] - mean[filter] * factor;
  }
  const { graph } = network;
  return [graph.initializer(folded, shape, `${name}.weight`), graph.initializer(shift, [shape[0]], `${name}.bias`)];
}
