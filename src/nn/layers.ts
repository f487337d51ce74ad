import {
  concat,
  conv,
  dropout,
  elementCount,
  flatten,
  globalAveragePool,
  globalSpreadPool,
  linear,
  maxPool,
  relu,
  standardise,
  type Value,
} from '../graph/index.js';
import { convMaxPool } from '../graph/ops/convolution/convMaxPool.js';
import { defaultBatchNorm } from './batchNorm.js';
import { uniformFanIn } from './initialisers.js';
import type { Network, ParameterInfo } from './network.js';

/** A convolution: filters, and side of the kernel, distance between its places (default 1) and border (default 0), in pixels. */
export interface Conv2dOptions {
  readonly filters: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly padding?: number;
}

/** Convolution with bias, named as in PyTorch: `<name>.weight`, `<name>.bias`. [N, C, H, W] to [N, filters, H', W']. */
export function conv2d(network: Network, x: Value, name: string, options: Conv2dOptions): Value {
  const { stride = 1, padding = 0 } = options;
  const output = network.graph.apply(conv, [x, ...convParameters(network, x, name, options)], { stride, padding });
  network.activations.set(name, output);
  recordConv(network, name, x, output, options);
  return output;
}

/**
 * `conv2d` (stride 1) and 2x2 max pooling. In training networks the two are one fused operator; elsewhere they stand
 * apart, so that Grad-CAM finds the convolution's output.
 */
export function conv2dMaxPool(network: Network, x: Value, name: string, options: Conv2dOptions): Value {
  const { padding = 0 } = options;
  const pool = { kernel: 2, stride: 2, padding: 0 };
  let output: Value;
  if (network.fuse) {
    output = network.graph.apply(convMaxPool, [x, ...convParameters(network, x, name, options)], { padding });
  } else {
    output = network.graph.apply(maxPool, [conv2d(network, x, name, options)], pool);
  }
  network.layers.push({
    name: `${name}.pool`,
    type: '2x2 max pooling',
    outputShape: output.shape.slice(1),
    parameters: 0,
    operations: 3 * elementCount(output.shape.slice(1)),
  });
  return output;
}

/** How a fully connected layer begins. */
export interface LinearOptions {
  /** Initial values of weight and bias; default PyTorch's, uniform. */
  readonly initialiseWeight?: ParameterInfo['initialise'];
  readonly initialiseBias?: ParameterInfo['initialise'];
}

/** Fully connected layer, `<name>.weight` [O, I] and `<name>.bias` [O]. [N, I] to [N, O]. */
export function linearLayer(
  network: Network,
  x: Value,
  name: string,
  outputs: number,
  options: LinearOptions = {},
): Value {
  const inputs = x.shape[1];
  const shape = [outputs, inputs];
  const weight = network.parameter({
    name: `${name}.weight`,
    shape,
    initialise: options.initialiseWeight ?? ((random) => uniformFanIn(shape, inputs, random)),
  });
  const bias = network.parameter({
    name: `${name}.bias`,
    shape: [outputs],
    initialise: options.initialiseBias ?? ((random) => uniformFanIn([outputs], inputs, random)),
  });
  const output = network.graph.apply(linear, [x, weight, bias], {});
  network.layers.push({
    name,
    type: 'fully connected',
    outputShape: output.shape.slice(1),
    parameters: outputs * inputs + outputs,
    operations: 2 * outputs * inputs,
  });
  return output;
}

/** max(x, 0), element by element; any shape. */
export const reluLayer = (network: Network, x: Value): Value => network.graph.apply(relu, [x], {});

interface SquarePool {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

/** Max pooling with square windows. [N, C, H, W] to [N, C, H', W']. */
export function maxPoolLayer(network: Network, x: Value, name: string, attributes: SquarePool): Value {
  const { kernel, stride } = attributes;
  const output = network.graph.apply(maxPool, [x], attributes);
  const outputShape = output.shape.slice(1);
  const operations = (kernel * kernel - 1) * elementCount(outputShape);
  const type = `${kernel}x${kernel} max pooling${stride > 1 ? `, stride ${stride}` : ''}`;
  network.layers.push({ name, type, outputShape, parameters: 0, operations });
  return output;
}

/** Mean over all positions. [N, C, H, W] to [N, C]. */
export function globalAveragePoolLayer(network: Network, x: Value, name: string): Value {
  const output = network.graph.apply(globalAveragePool, [x], {});
  const operations = elementCount(x.shape.slice(1));
  network.layers.push({ name, type: 'average pooling', outputShape: output.shape.slice(1), parameters: 0, operations });
  return output;
}

/** Mean and standard deviation over all positions of each channel of several maps, [N, Ci, Hi, Wi], side by side: [N, 2 (C1 + C2 + ...)]. */
export function poolLevelsLayer(network: Network, maps: readonly Value[], name: string): Value {
  const { graph } = network;
  const pooled = maps.flatMap((x) => [graph.apply(globalAveragePool, [x], {}), graph.apply(globalSpreadPool, [x], {})]);
  const output = graph.apply(concat, pooled, { axis: 1 });
  // A sum for the mean; a difference, a square and a sum for the deviation.
  const operations = 4 * maps.reduce((sum, { shape }) => sum + elementCount(shape.slice(1)), 0);
  const type = `mean and deviation of ${maps.length} levels`;
  network.layers.push({ name, type, outputShape: output.shape.slice(1), parameters: 0, operations });
  return output;
}

/**
 * Features brought to mean 0 and deviation 1 by fixed statistics, `<name>.running_mean` and `<name>.running_var`: PyTorch's
 * BatchNorm1d without weight and bias, as it is in evaluation. They belong to the weights and no step changes them; before they are
 * set they are 0 and 1.
 */
export function standardiseLayer(network: Network, x: Value, name: string): Value {
  const { graph } = network;
  const columns = [x.shape[1]];
  const mean = network.constantBuffer({ name: `${name}.running_mean`, shape: columns, initial: 0 });
  const variance = network.constantBuffer({ name: `${name}.running_var`, shape: columns, initial: 1 });
  const spread = variance.map((value) => Math.sqrt(value + defaultBatchNorm.epsilon));
  const constants = [graph.initializer(mean, columns), graph.initializer(spread, columns)];
  const output = graph.apply(standardise, [x, ...constants], {});
  const operations = 2 * elementCount(columns);
  network.layers.push({ name, type: 'standardisation', outputShape: columns, parameters: 0, operations });
  return output;
}

/** Dropout; nothing in evaluation. The mask is a graph input, so that it follows the seed. */
export function dropoutLayer(network: Network, x: Value, name: string, rate: number): Value {
  const mask = network.dropoutMask(name, x.shape, rate);
  return mask ? network.graph.apply(dropout, [x, mask], {}) : x;
}

/** [N, C, H, W] to [N, C * H * W]. */
export const flattenLayer = (network: Network, x: Value): Value => network.graph.apply(flatten, [x], {});

function convParameters(network: Network, x: Value, name: string, { filters, kernel }: Conv2dOptions): [Value, Value] {
  const shape = [filters, x.shape[1], kernel, kernel];
  const fanIn = x.shape[1] * kernel * kernel;
  return [
    network.parameter({ name: `${name}.weight`, shape, initialise: (random) => uniformFanIn(shape, fanIn, random) }),
    network.parameter({
      name: `${name}.bias`,
      shape: [filters],
      initialise: (random) => uniformFanIn([filters], fanIn, random),
    }),
  ];
}

function recordConv(network: Network, name: string, x: Value, output: Value, { filters, kernel }: Conv2dOptions): void {
  const weights = filters * x.shape[1] * kernel * kernel;
  network.layers.push({
    name,
    type: `${kernel}x${kernel} convolution`,
    outputShape: output.shape.slice(1),
    parameters: weights + filters,
    operations: 2 * weights * output.shape[2] * output.shape[3],
  });
}
