import { filterLayout } from '../graph/blocked/filters.js';
import {
  averagePool,
  concat,
  conv,
  dropout,
  elementCount,
  flatten,
  globalAveragePool,
  globalSpreadPool,
  type Layout,
  linear,
  maxPool,
  multiply,
  relu,
  reshape,
  standardise,
  type Value,
} from '../graph/index.js';
import { convMaxPool } from '../graph/ops/convolution/convMaxPool.js';
import type { Random } from '../random.js';
import { defaultBatchNorm } from './batchNorm.js';
import { uniformFanIn } from './initialisers.js';
import type { Network, ParameterInfo } from './network.js';

/** A convolution: filters, and side of the kernel, distance between its places (default 1) and border (default 0), in pixels. */
export interface Conv2dOptions {
  readonly filters: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly padding?: number;
  /** Of channels that have filters of their own. Default 1; as many as channels: depthwise. */
  readonly groups?: number;
  /** Whether there is one. Default true. */
  readonly bias?: boolean;
  /** Initial values; default PyTorch's, uniform. */
  readonly initialiseWeight?: ParameterInfo['initialise'];
  readonly initialiseBias?: ParameterInfo['initialise'];
}

/** Convolution, named as in PyTorch: `<name>.weight`, `<name>.bias`. [N, C, H, W] to [N, filters, H', W']. */
export function conv2d(network: Network, x: Value, name: string, options: Conv2dOptions): Value {
  const { stride = 1, padding = 0, groups = 1 } = options;
  const { channelBlock } = network.graph;
  const layout = (shape: readonly number[]) =>
    channelBlock !== undefined && network.isTrainable(`${name}.weight`)
      ? filterLayout(shape, channelBlock, groups)
      : undefined;
  const inputs = [x, ...convParameters(network, x, name, options, layout)];
  const output = network.graph.apply(conv, inputs, { stride, padding, groups });
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
  /** Whether there is a bias. Default true. */
  readonly bias?: boolean;
  /** Between the layer's name and `weight` or `bias`, default `.`; PyTorch's attention has `in_proj_weight`. */
  readonly separator?: '.' | '_';
  /** A factor for each output, [O] in any shape; weight and bias are multiplied by it. */
  readonly scale?: Value;
}

/** Fully connected layer, `<name>.weight` [O, I] and `<name>.bias` [O]. [N, ..., I] to [N, ..., O]. */
export function linearLayer(
  network: Network,
  x: Value,
  name: string,
  outputs: number,
  options: LinearOptions = {},
): Value {
  const { graph } = network;
  const { bias = true, scale, separator = '.' } = options;
  const inputs = x.shape.at(-1)!;
  const shape = [outputs, inputs];
  const parameters = [
    network.parameter({
      name: `${name}${separator}weight`,
      shape,
      initialise: options.initialiseWeight ?? ((random) => uniformFanIn(shape, inputs, random)),
    }),
  ];
  if (bias)
    parameters.push(
      network.parameter({
        name: `${name}${separator}bias`,
        shape: [outputs],
        initialise: options.initialiseBias ?? ((random) => uniformFanIn([outputs], inputs, random)),
      }),
    );
  // There are fewer weights than numbers that they make.
  const scaled = parameters.map((parameter) => {
    if (!scale) return parameter;
    const factors = graph.apply(reshape, [scale], { shape: [outputs, ...parameter.shape.slice(1).map(() => 1)] });
    return graph.apply(multiply, [parameter, factors], {});
  });
  const output = graph.apply(linear, [x, ...scaled], {});
  network.layers.push({
    name,
    type: 'fully connected',
    outputShape: output.shape.slice(1),
    parameters: outputs * inputs + (bias ? outputs : 0),
    operations: 2 * inputs * elementCount(output.shape.slice(1)),
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

/** Mean of square windows that lie side by side; what is left over at the end is left out. [N, C, H, W] to [N, C, H', W']. */
export function averagePoolLayer(network: Network, x: Value, name: string, kernel: number): Value {
  const output = network.graph.apply(averagePool, [x], { kernel, stride: kernel, padding: 0 });
  const outputShape = output.shape.slice(1);
  const operations = kernel * kernel * elementCount(outputShape);
  network.layers.push({ name, type: `${kernel}x${kernel} average pooling`, outputShape, parameters: 0, operations });
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

function convParameters(
  network: Network,
  x: Value,
  name: string,
  options: Conv2dOptions,
  layout?: (shape: readonly number[]) => Layout | undefined,
): Value[] {
  const { filters, kernel, groups = 1, bias = true } = options;
  const shape = [filters, x.shape[1] / groups, kernel, kernel];
  const fanIn = shape[1] * kernel * kernel;
  const uniform = (of: readonly number[]) => (random: Random) => uniformFanIn(of, fanIn, random);
  const weight = { name: `${name}.weight`, shape, initialise: options.initialiseWeight ?? uniform(shape) };
  const parameters = [network.parameter(weight, layout?.(shape))];
  const initialise = options.initialiseBias ?? uniform([filters]);
  if (bias) parameters.push(network.parameter({ name: `${name}.bias`, shape: [filters], initialise }));
  return parameters;
}

function recordConv(network: Network, name: string, x: Value, output: Value, options: Conv2dOptions): void {
  const { filters, kernel, stride = 1, groups = 1, bias = true } = options;
  const weights = (filters * x.shape[1] * kernel * kernel) / groups;
  const kind = groups === 1 ? '' : groups === x.shape[1] ? 'depthwise ' : 'grouped ';
  network.layers.push({
    name,
    type: `${kernel}x${kernel} ${kind}convolution${stride > 1 ? `, stride ${stride}` : ''}`,
    outputShape: output.shape.slice(1),
    parameters: weights + (bias ? filters : 0),
    operations: 2 * weights * output.shape[2] * output.shape[3],
  });
}
