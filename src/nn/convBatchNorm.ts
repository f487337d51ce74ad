import type { Activation } from '../graph/activation.js';
import { filterLayout } from '../graph/blocked/filters.js';
import { add, batchNorm, conv, elementCount, relu, relu6, type Value } from '../graph/index.js';
import { blockedConvNorm, type ConvNormAttributes } from '../graph/ops/convolution/blockedConvNorm.js';
import { unbiasedVariance } from '../graph/ops/normalisation/batchNorm.js';
import { slidingWindow } from '../graph/slidingWindow.js';
import { kaimingNormalFanOut } from './initialisers.js';
import type { BufferInfo, Network, ParameterInfo } from './network.js';

/** A convolution without bias, the batch norm after it, and what follows. */
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
  /** What follows. Default none. */
  readonly activation?: Activation;
  /** What goes past a residual block, [N, filters, H', W'], is added before the activation (He et al. 2016). */
  readonly residual?: Residual;
}

/** What a residual block adds to what its layers give. */
export interface Residual {
  /** Of the block. */
  readonly name: string;
  /** What goes past the block; built after the parameters of its last layer, which is PyTorch's order. */
  readonly shortcut: () => Value;
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
 * the gradient from losing digits. Where it is frozen, the running statistics are folded into its weight and bias. A trained one in
 * a graph with channel blocks is one fused operator, sum and activation included.
 */
export function convBatchNorm(network: Network, x: Value, options: ConvBatchNormOptions): Value {
  const { kernel, stride = 1, padding = Math.floor(kernel / 2) } = options;
  const depthwise = options.filters === undefined;
  const filters = options.filters ?? x.shape[1];
  const tensors = declareTensors(options, [filters, depthwise ? 1 : x.shape[1], kernel, kernel]);
  const { sides } = slidingWindow('convBatchNorm', x.shape, [kernel, kernel], { stride, padding });
  const weights = elementCount(tensors.weight.shape);
  network.layers.push({
    name: options.conv,
    type: `${kernel}x${kernel} ${depthwise ? 'depthwise ' : ''}convolution${stride > 1 ? `, stride ${stride}` : ''}, batch norm`,
    outputShape: [filters, ...sides],
    parameters: weights + 2 * filters,
    operations: 2 * (weights + filters) * elementCount(sides),
  });
  const fused = network.graph.channelBlock !== undefined && network.isTrainable(tensors.weight.name);
  const attributes = { stride, padding, groups: depthwise ? filters : 1 };
  const output = (fused ? fusedLayer : separateLayers)(network, x, options, tensors, attributes);
  if (options.residual) recordSum(network, options.residual.name, output);
  return output;
}

type Attributes = Pick<ConvNormAttributes, 'stride' | 'padding' | 'groups'>;

/** One operator each; only these leave the values on record that Grad-CAM looks at. */
function separateLayers(
  network: Network,
  x: Value,
  { conv: name, norm, activation = 'none', residual }: ConvBatchNormOptions,
  tensors: Tensors,
  attributes: Attributes,
): Value {
  const { graph } = network;
  const convolve = (weight: Value, bias: Value) => graph.apply(conv, [x, weight, bias], attributes);
  let output = network.isTrainable(tensors.weight.name)
    ? normaliseByBatch(network, norm, tensors, convolve)
    : convolve(...foldedParameters(network, name, tensors));
  network.activations.set(name, output);
  if (residual) output = graph.apply(add, [output, residual.shortcut()], {});
  if (activation !== 'none') output = graph.apply(activation === 'relu' ? relu : relu6, [output], {});
  if (residual) network.activations.set(residual.name, output);
  return output;
}

function fusedLayer(
  network: Network,
  x: Value,
  { norm, activation = 'none', residual }: ConvBatchNormOptions,
  tensors: Tensors,
  attributes: Attributes,
): Value {
  const { graph } = network;
  const weight = network.parameter(
    tensors.weight,
    filterLayout(tensors.weight.shape, graph.channelBlock!, attributes.groups),
  );
  const [scale, bias] = [network.parameter(tensors.scale), network.parameter(tensors.bias)];
  const { runningMean, shift } = declareStatistics(network, tensors);
  const inputs = [x, weight, scale, bias, shift, ...(residual ? [residual.shortcut()] : [])];
  const { output, saved } = graph.call(blockedConvNorm, inputs, {
    ...attributes,
    epsilon: batchNormEpsilon,
    activation,
  });
  recordStatistics(network, norm, saved, runningMean, output);
  return output;
}

function recordSum(network: Network, name: string, output: Value): void {
  const outputShape = output.shape.slice(1);
  const operations = elementCount(outputShape);
  network.layers.push({ name, type: 'residual sum', outputShape, parameters: 0, operations });
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
  const { runningMean, shift } = declareStatistics(network, tensors);
  const centred = convolve(weight, shift);
  const attributes = { epsilon: batchNormEpsilon, nearlyCentred: true };
  const { output, saved } = graph.call(batchNorm, [centred, scale, bias], attributes);
  recordStatistics(network, name, saved, runningMean, centred);
  return output;
}

/** The running mean is an input of the graph, the variance only an output. @returns the mean, and minus it */
function declareStatistics(network: Network, tensors: Tensors): { runningMean: Value; shift: Value } {
  const runningMean = network.buffer(tensors.mean);
  network.updatedBuffer(tensors.variance);
  return { runningMean, shift: network.graph.node('Neg', [runningMean], runningMean.shape) };
}

/** @param saved statistics of the convolution's output less the running mean @param output of that output's shape */
function recordStatistics(
  network: Network,
  name: string,
  saved: Readonly<Record<string, Value>>,
  runningMean: Value,
  output: Value,
): void {
  const { graph } = network;
  network.statistics.push({
    name,
    mean: graph.node('Add', [saved.mean, runningMean], runningMean.shape),
    variance: unbiasedVariance(graph, saved.variance, output),
  });
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
