import { elementCount, type Shape } from '../graph/index.js';
import type { Random } from '../random.js';

/**
 * PyTorch's default for weights and biases of convolutions and linear layers: uniform in +-1/sqrt(fanIn) (Kaiming uniform
 * with a = sqrt 5, He et al. 2015).
 */
export function uniformFanIn(shape: Shape, fanIn: number, random: Random): Float32Array {
  const bound = 1 / Math.sqrt(fanIn);
  return Float32Array.from({ length: elementCount(shape) }, () => random.uniform(-bound, bound));
}
