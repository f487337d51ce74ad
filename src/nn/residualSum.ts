import { add, elementCount, type Value } from '../graph/index.js';
import type { Network } from './network.js';
import { stochasticDepth } from './stochasticDepth.js';

/** What a residual block adds to what its layers give. */
export interface Residual {
  /** Of the block. */
  readonly name: string;
  /** What goes past the block; built after the parameters of its last layer, which is PyTorch's order. */
  readonly shortcut: () => Value;
  /** Probability that training leaves the block's layers out (see `stochasticDepth`), unless a training asks for another. Default 0. */
  readonly depthRate?: number;
}

/** The sum of a residual block (He et al. 2016), any shape. @param of one of the block's parameters, which tells whether it is trained */
export function residualSum(network: Network, branch: Value, residual: Residual, of: string): Value {
  const { name, shortcut } = residual;
  const rate = network.depthRate(name, residual.depthRate);
  const kept = stochasticDepth(network, branch, { name, rate, of });
  const output = network.graph.apply(add, [kept, shortcut()], {});
  recordSum(network, name, output);
  return output;
}

/** A residual sum's line in the table of layers. */
export function recordSum(network: Network, name: string, output: Value): void {
  const outputShape = output.shape.slice(1);
  const operations = elementCount(outputShape);
  network.layers.push({ name, type: 'residual sum', outputShape, parameters: 0, operations });
}
