import type { Activation } from '../graph/activation.js';
import { filterLayout, planFilter } from '../graph/blocked/filters.js';
import { batchNorm, conv, elementCount, type Value } from '../graph/index.js';
import { blockedConvNorm, type ConvNormAttributes } from '../graph/ops/convolution/blockedConvNorm.js';
import { convGeometry } from '../graph/ops/convolution/convGeometry.js';
import { unbiasedVariance } from '../graph/ops/normalisation/batchNorm.js';
import { activationLayer, isFusable, type LayerActivation } from './activationLayer.js';
import {
  type BatchNormSettings,
  type BatchNormTensors,
  batchNormTensors,
  defaultBatchNorm,
  frozenBatchNorm,
} from './batchNorm.js';
import { kaimingNormalFanOut } from './initialisers.js';
import type { Network, ParameterInfo } from './network.js';
import { type Residual, recordSum, residualSum } from './residualSum.js';
import { samePadding } from './samePadding.js';

/** A convolution without bias, the batch norm after it, and what follows. */
export interface ConvBatchNormOptions {
  /** Names of the two layers, for example `conv1` and `bn1`. */
  readonly conv: string;
  readonly norm: string;
  /** Left out for a depthwise convolution, which has a filter a channel. */
  readonly filters?: number;
  readonly kernel: number;
  readonly stride?: number;
  /** Default keeps the sides at stride 1: half the kernel, rounded down. `same` is TensorFlow's, uneven where the stride is 2. */
  readonly padding?: number | 'same';
  /** Of channels that have filters of their own. Default 1. */
  readonly groups?: number;
  /** What follows. Default none. */
  readonly activation?: LayerActivation;
  /** Default PyTorch's. */
  readonly batchNorm?: BatchNormSettings;
  /** Draws the filters. Default `kaimingNormalFanOut`. */
  readonly initialise?: ParameterInfo['initialise'];
  /** What goes past a residual block, [N, filters, H', W'], is added before the activation (He et al. 2016). */
  readonly residual?: Residual;
}

interface Tensors extends BatchNormTensors {
  readonly weight: ParameterInfo;
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
  const { kernel, stride = 1, padding = Math.floor(kernel / 2), activation = 'none', residual } = options;
  const channels = x.shape[1];
  const depthwise = options.filters === undefined;
  const { filters = channels, groups = depthwise ? channels : 1 } = options;
  const tensors = declareTensors(options, [filters, channels / groups, kernel, kernel]);
  const weights = elementCount(tensors.weight.shape);
  const attributes = { stride, padding: padding === 'same' ? samePadding(x.shape, kernel, stride) : padding, groups };
  const sides = convGeometry(options.conv, [x, { ...x, shape: tensors.weight.shape }], attributes).geometry.sides;
  const kind = depthwise ? 'depthwise ' : groups > 1 ? 'grouped ' : '';
  network.layers.push({
    name: options.conv,
    type: `${kernel}x${kernel} ${kind}convolution${stride > 1 ? `, stride ${stride}` : ''}, batch norm`,
    outputShape: [filters, ...sides],
    parameters: weights + 2 * filters,
    operations: 2 * (weights + filters) * elementCount(sides),
  });
  const layer = { network, x, options, tensors, attributes };
  const { graph } = network;
  const fused =
    network.isTrainable(tensors.weight.name) &&
    graph.channelBlock !== undefined &&
    planFilter(tensors.weight.shape, graph.channelBlock, groups) !== undefined;
  // What is dropped for some images can't be summed in one operator with the rest; nor does every activation end one.
  const drops = residual !== undefined && network.drops(network.depthRate(residual.name, residual.depthRate));
  const joins = fused && isFusable(activation) && !drops;
  if (!joins) return endLayer(layer, fused ? fusedLayer(layer, { activation: 'none' }) : separateLayers(layer));
  const output = fusedLayer(layer, { activation, residual });
  if (residual) recordSum(network, residual.name, output);
  return output;
}

type Attributes = Pick<ConvNormAttributes, 'stride' | 'padding' | 'groups'>;

interface Layer {
  readonly network: Network;
  readonly x: Value;
  readonly options: ConvBatchNormOptions;
  readonly tensors: Tensors;
  readonly attributes: Attributes;
}

/** One operator each; only these leave the values on record that Grad-CAM looks at. */
function separateLayers(layer: Layer): Value {
  const { network, x, options, tensors, attributes } = layer;
  const { graph } = network;
  const convolve = (weight: Value, bias: Value) => graph.apply(conv, [x, weight, bias], attributes);
  const output = network.isTrainable(tensors.weight.name)
    ? normaliseByBatch(layer, convolve)
    : convolve(...foldedParameters(layer));
  network.activations.set(options.conv, output);
  return output;
}

/** @param ending what the operator does after batch norm */
function fusedLayer(layer: Layer, ending: { readonly activation: Activation; readonly residual?: Residual }): Value {
  const { network, x, options, tensors, attributes } = layer;
  const { graph } = network;
  const weight = network.parameter(
    tensors.weight,
    filterLayout(tensors.weight.shape, graph.channelBlock!, attributes.groups),
  );
  const [scale, bias] = [network.parameter(tensors.scale), network.parameter(tensors.bias)];
  const { runningMean, shift } = declareStatistics(network, tensors);
  const inputs = [x, weight, scale, bias, shift, ...(ending.residual ? [ending.residual.shortcut()] : [])];
  const { epsilon } = { ...defaultBatchNorm, ...options.batchNorm };
  const { activation } = ending;
  const { output, saved } = graph.call(blockedConvNorm, inputs, { ...attributes, epsilon, activation });
  recordStatistics(layer, saved, runningMean, output);
  return output;
}

/** The sum of a residual block, and what follows. */
function endLayer({ network, options, tensors }: Layer, branch: Value): Value {
  const { activation = 'none', residual } = options;
  if (!residual) return activationLayer(network, branch, activation);
  const sum = residualSum(network, branch, residual, tensors.weight.name);
  const output = activationLayer(network, sum, activation);
  network.activations.set(residual.name, output);
  return output;
}

function declareTensors({ conv, norm, initialise }: ConvBatchNormOptions, shape: readonly number[]): Tensors {
  const drawn: ParameterInfo['initialise'] = initialise ?? ((random) => kaimingNormalFanOut(shape, random));
  return { weight: { name: `${conv}.weight`, shape, initialise: drawn }, ...batchNormTensors(norm, shape[0]) };
}

function normaliseByBatch(layer: Layer, convolve: (weight: Value, bias: Value) => Value): Value {
  const { network, options, tensors } = layer;
  const { graph } = network;
  const weight = network.parameter(tensors.weight);
  const scale = network.parameter(tensors.scale);
  const bias = network.parameter(tensors.bias);
  const { runningMean, shift } = declareStatistics(network, tensors);
  const centred = convolve(weight, shift);
  const { epsilon } = { ...defaultBatchNorm, ...options.batchNorm };
  const { output, saved } = graph.call(batchNorm, [centred, scale, bias], { epsilon, nearlyCentred: true });
  recordStatistics(layer, saved, runningMean, centred);
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
  { network, options }: Layer,
  saved: Readonly<Record<string, Value>>,
  runningMean: Value,
  output: Value,
): void {
  const { graph } = network;
  const { momentum } = { ...defaultBatchNorm, ...options.batchNorm };
  network.statistics.push({
    name: options.norm,
    momentum,
    mean: graph.node('Add', [saved.mean, runningMean], runningMean.shape),
    variance: unbiasedVariance(graph, saved.variance, output),
  });
}

/** weight * s and bias - mean * s with s = scale / sqrt(variance + epsilon), per filter. */
function foldedParameters({ network, options, tensors }: Layer): [Value, Value] {
  const weight = network.frozenParameter(tensors.weight);
  const { scale, bias, mean, variance } = frozenBatchNorm(network, tensors);
  const { epsilon } = { ...defaultBatchNorm, ...options.batchNorm };
  const { shape } = tensors.weight;
  const size = weight.length / shape[0];
  const folded = new Float32Array(weight.length);
  const shift = new Float32Array(shape[0]);
  for (let filter = 0; filter < shape[0]; filter++) {
    const factor = scale[filter] / Math.sqrt(variance[filter] + epsilon);
    for (let i = filter * size; i < (filter + 1) * size; i++) folded[i] = weight[i] * factor;
    shift[filter] = bias[filter] - mean[filter] * factor;
  }
  const { graph } = network;
  const name = options.conv;
  return [graph.initializer(folded, shape, `${name}.weight`), graph.initializer(shift, [shape[0]], `${name}.bias`)];
}
