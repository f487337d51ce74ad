import { conv, convMaxPool, elementCount, flatten, linear, maxPool, relu, type Value } from '../graph/index.js';
import { uniformFanIn } from './initialisers.js';
import type { Network } from './network.js';

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

/** Fully connected layer, `<name>.weight` [O, I] and `<name>.bias` [O]. [N, I] to [N, O]. */
export function linearLayer(network: Network, x: Value, name: string, outputs: number): Value {
  const inputs = x.shape[1];
  const shape = [outputs, inputs];
  const weight = network.parameter({
    name: `${name}.weight`,
    shape,
    initialise: (random) => uniformFanIn(shape, inputs, random),
  });
  const bias = network.parameter({
    name: `${name}.bias`,
    shape: [outputs],
    initialise: (random) => uniformFanIn([outputs], inputs, random),
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

export const reluLayer = (network: Network, x: Value): Value => network.graph.apply(relu, [x], {});

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
