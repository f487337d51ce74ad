import { elementCount } from '../../src/graph/index.js';
import { describeNetwork, type NetworkSize } from '../../src/models/index.js';
import type { Weights } from '../../src/nn/index.js';
import { noise } from '../noise.js';

/** The weights of makeModelFixtures.py's `build`. */
export function noiseWeights(size: NetworkSize): Weights {
  const { tensors } = describeNetwork(size);
  const hasBatchNorm = tensors.some(({ name }) => name.endsWith('running_mean'));
  return new Map(
    tensors.map(({ name, shape }, phase) => {
      const count = elementCount(shape);
      const [spread, middle] = spreadOf(name, shape, hasBatchNorm);
      return [name, { data: noise(count, phase, spread, middle), shape }];
    }),
  );
}

function spreadOf(name: string, shape: readonly number[], hasBatchNorm: boolean): [number, number] {
  if (name.endsWith('running_mean')) return [0.1, 0];
  if (name.endsWith('running_var')) return [0.2, 1];
  if (shape.length === 4) return [Math.sqrt(2 / (shape[1] * shape[2] * shape[3])), 0];
  if (shape.length === 2) return [(shape[0] === 7 ? 2 : 1) / Math.sqrt(shape[1]), 0];
  if (shape.length === 3) return name.endsWith('layer_scale') ? [0.1, 0.5] : [0.5, 0];
  if (name.endsWith('.weight')) return [0.1, 0.5];
  return hasBatchNorm && shape[0] !== 7 ? [0.3, 1.5] : [0.1, 0];
}
