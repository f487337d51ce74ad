import { elementCount, layerNorm, transpose, type Value } from '../graph/index.js';
import type { Network } from './network.js';

/** How a layer norm is set. */
export interface LayerNormOptions {
  /** Added to the variance. */
  readonly epsilon: number;
  /** Where the channels stand that are normalised: last, or second in [N, C, H, W]. Default last. */
  readonly channels?: 'last' | 'first';
}

/**
 * Layer norm over the channels of each place (Ba et al. 2016): [N, ..., C], or [N, C, H, W] where the channels come first; `<name>.weight` and
 * `<name>.bias`, [C].
 */
export function layerNormLayer(network: Network, x: Value, name: string, options: LayerNormOptions): Value {
  const { graph } = network;
  const { epsilon, channels = 'last' } = options;
  const first = channels === 'first';
  const count = first ? x.shape[1] : x.shape.at(-1)!;
  const constant = (value: number) => () => new Float32Array(count).fill(value);
  const scale = network.parameter({ name: `${name}.weight`, shape: [count], initialise: constant(1) });
  const bias = network.parameter({ name: `${name}.bias`, shape: [count], initialise: constant(0) });
  const rows = first ? channelsLast(network, x) : x;
  const normalised = graph.apply(layerNorm, [rows, scale, bias], { axis: -1, epsilon });
  const output = first ? channelsFirst(network, normalised) : normalised;
  network.activations.set(name, output);
  const outputShape = output.shape.slice(1);
  // Mean, difference, square, sum, factor, scale and bias.
  const operations = 7 * elementCount(outputShape);
  network.layers.push({ name, type: 'layer norm', outputShape, parameters: 2 * count, operations });
  return output;
}

/** [N, C, H, W] to [N, H, W, C]. */
export const channelsLast = ({ graph }: Network, x: Value): Value =>
  graph.apply(transpose, [x], { permutation: [0, 2, 3, 1] });

/** [N, H, W, C] to [N, C, H, W]. */
export const channelsFirst = ({ graph }: Network, x: Value): Value =>
  graph.apply(transpose, [x], { permutation: [0, 3, 1, 2] });
