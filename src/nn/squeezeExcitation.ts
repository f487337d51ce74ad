import { elementCount, globalAveragePool, linear, multiply, reshape, type Value } from '../graph/index.js';
import { activationLayer, type LayerActivation } from './activationLayer.js';
import { kaimingNormalFanOut } from './initialisers.js';
import type { Network, ParameterInfo } from './network.js';

/** A gate for each channel, from the means of all. */
export interface SqueezeExcitationOptions {
  /** Of its two layers: torchvision's `fc1` and `fc2` behind the block's name, timm's `conv_reduce` and `conv_expand`. */
  readonly layers: readonly [reduce: string, expand: string];
  /** Channels in between. */
  readonly squeezed: number;
  /** Between the two layers. */
  readonly activation: LayerActivation;
  /** Of the result, from 0 to 1. */
  readonly gate: 'sigmoid' | 'hardSigmoid';
  /** Draws the biases. Default zeros. */
  readonly initialiseBias?: (fanIn: number, count: number) => ParameterInfo['initialise'];
}

/**
 * Squeeze-and-excitation (Hu et al. 2018): [N, C, H, W] times gates [N, C], two layers on the means of the channels. Their weights have the
 * shapes of 1x1 convolutions, [S, C, 1, 1] and [C, S, 1, 1], as in torchvision and timm; they are products of matrices here.
 */
export function squeezeExcitation(network: Network, x: Value, options: SqueezeExcitationOptions): Value {
  const { graph } = network;
  const { layers, squeezed, activation, gate } = options;
  const [n, channels] = x.shape;
  const layer = (input: Value, name: string, outputs: number): Value => {
    const inputs = input.shape[1];
    const shape = [outputs, inputs, 1, 1];
    const weight = network.parameter({
      name: `${name}.weight`,
      shape,
      initialise: (random) => kaimingNormalFanOut(shape, random),
    });
    const zeros = () => new Float32Array(outputs);
    const initialise = options.initialiseBias?.(inputs, outputs) ?? zeros;
    const bias = network.parameter({ name: `${name}.bias`, shape: [outputs], initialise });
    network.layers.push({
      name,
      type: '1x1 convolution of means',
      outputShape: [outputs, 1, 1],
      parameters: outputs * inputs + outputs,
      operations: 2 * outputs * inputs,
    });
    const matrix = graph.apply(reshape, [weight], { shape: [outputs, inputs] });
    return graph.apply(linear, [input, matrix, bias], {});
  };
  const means = graph.apply(globalAveragePool, [x], {});
  const inner = activationLayer(network, layer(means, layers[0], squeezed), activation);
  const gates = activationLayer(network, layer(inner, layers[1], channels), gate);
  const planes = graph.apply(reshape, [gates], { shape: [n, channels, 1, 1] });
  const output = graph.apply(multiply, [x, planes], {});
  const name = layers[0].slice(0, layers[0].lastIndexOf('.'));
  const outputShape = x.shape.slice(1);
  // The means, and the products.
  const operations = 2 * elementCount(outputShape);
  network.layers.push({ name, type: 'gates of channels', outputShape, parameters: 0, operations });
  return output;
}
