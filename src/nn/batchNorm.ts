import type { Activation } from '../graph/activation.js';
import { batchNorm, elementCount, fixedBatchNorm, type Value } from '../graph/index.js';
import { unbiasedVariance } from '../graph/ops/normalisation/batchNorm.js';
import { activationLayer, isFusable, type LayerActivation } from './activationLayer.js';
import type { BufferInfo, Network, ParameterInfo } from './network.js';

/** How a network's batch norms are set. */
export interface BatchNormSettings {
  /** Added to the variance. Default PyTorch's, 1e-5. */
  readonly epsilon?: number;
  /** Share of the batch's statistics that a step takes into the running ones. Default PyTorch's, 0.1. */
  readonly momentum?: number;
}

/** PyTorch's defaults. */
export const defaultBatchNorm = { epsilon: 1e-5, momentum: 0.1 } as const;

/** A batch norm's tensors, `<name>.weight` and so on, each [C]. */
export interface BatchNormTensors {
  readonly scale: ParameterInfo;
  readonly bias: ParameterInfo;
  readonly mean: BufferInfo;
  readonly variance: BufferInfo;
}

export function batchNormTensors(name: string, channels: number): BatchNormTensors {
  const shape = [channels];
  const constant = (value: number) => () => new Float32Array(channels).fill(value);
  return {
    scale: { name: `${name}.weight`, shape, initialise: constant(1) },
    bias: { name: `${name}.bias`, shape, initialise: constant(0) },
    mean: { name: `${name}.running_mean`, shape, initial: 0 },
    variance: { name: `${name}.running_var`, shape, initial: 1 },
  };
}

/** The numbers of a frozen batch norm. */
export const frozenBatchNorm = (network: Network, { scale, bias, mean, variance }: BatchNormTensors) => ({
  scale: network.frozenParameter(scale),
  bias: network.frozenParameter(bias),
  mean: network.frozenBuffer(mean),
  variance: network.frozenBuffer(variance),
});

/**
 * Batch norm (Ioffe and Szegedy 2015) that no convolution stands before: [N, C, H, W] of the same shape. Where it is trained, the batch's own
 * statistics normalise; where it is frozen, the running ones.
 */
export function batchNormLayer(
  network: Network,
  x: Value,
  name: string,
  options: BatchNormSettings & {
    readonly activation?: LayerActivation;
    /** Means of channels are not much larger than their spread (see `batchNorm`): training in blocks of channels wants to be told so. */
    readonly nearlyCentred?: boolean;
  } = {},
): Value {
  const { graph } = network;
  const { epsilon, momentum, nearlyCentred, activation = 'none' } = { ...defaultBatchNorm, ...options };
  const channels = x.shape[1];
  const tensors = batchNormTensors(name, channels);
  let output: Value;
  let joined: Activation = 'none';
  if (network.isTrainable(tensors.scale.name)) {
    const inputs = [x, network.parameter(tensors.scale), network.parameter(tensors.bias)];
    network.updatedBuffer(tensors.mean);
    network.updatedBuffer(tensors.variance);
    joined = x.layout !== undefined && nearlyCentred === true && isFusable(activation) ? activation : 'none';
    const call = graph.call(batchNorm, inputs, { epsilon, nearlyCentred, activation: joined });
    output = call.output;
    const { mean, variance } = call.saved;
    network.statistics.push({ name, momentum, mean, variance: unbiasedVariance(graph, variance, x) });
  } else {
    const { scale, bias, mean, variance } = frozenBatchNorm(network, tensors);
    const constants = { weight: scale, bias, running_mean: mean, running_var: variance };
    const inputs = Object.entries(constants).map(([part, data]) =>
      graph.initializer(data, [channels], `${name}.${part}`),
    );
    output = graph.apply(fixedBatchNorm, [x, ...inputs], { epsilon });
  }
  network.activations.set(name, output);
  const outputShape = x.shape.slice(1);
  const operations = 2 * elementCount(outputShape);
  network.layers.push({ name, type: 'batch norm', outputShape, parameters: 2 * channels, operations });
  return joined === 'none' ? activationLayer(network, output, activation) : output;
}
