import { elementCount } from '../../src/graph/index.js';
import { describeNetwork, type NetworkSize } from '../../src/models/index.js';
import type { Weights } from '../../src/nn/index.js';
import { noise } from '../noise.js';

/** The weights of makeModelFixtures.py's `build`. */
export function noiseWeights(size: NetworkSize): Weights {
  return new Map(
    describeNetwork(size).tensors.map(({ name, shape }, phase) => {
      const count = elementCount(shape);
      const [spread, middle] = spreadOf(name, shape);
      return [name, { data: noise(count, phase, spread, middle), shape }];
    }),
  );
}

function spreadOf(name: string, shape: readonly number[]): [number, number] {
  if (name.endsWith('running_mean')) return [0.1, 0];
  if (name.endsWith('running_var')) return [0.2, 1];
  if (shape.length === 4) return [Math.sqrt(2 / (shape[1] * shape[2] * shape[3])), 0];
  if (shape.length === 2) return [2 / Math.sqrt(shape[1]), 0];
  if (name.endsWith('.weight')) return [0.1, 0.5];
  return shape[0] === 7 ? [0.1, 0] : [0.3, 1.5];
}
