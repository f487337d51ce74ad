import { requireInteger, requireLength, requireNumber } from '../checks.js';
import { elementCount, type Shape } from '../graph/index.js';
import type { Random } from '../random.js';

/**
 * PyTorch's default for weights and biases of convolutions and linear layers: uniform in +-1/sqrt(fanIn) (Kaiming uniform
 * with a = sqrt 5, He et al. 2015).
 */
export function uniformFanIn(shape: Shape, fanIn: number, random: Random): Float32Array {
  requireInteger('fanIn', fanIn, { min: 1 });
  const bound = 1 / Math.sqrt(fanIn);
  return uniform(shape, bound, random);
}

/**
 * Normal with variance 2 / fanOut for convolutions before ReLU, torchvision's choice for ResNets and MobileNets (He et al.
 * 2015, equation 14). @param shape [O, C, k, k]; fanOut is O k k, also where channels are convolved one by one
 */
export function kaimingNormalFanOut(shape: Shape, random: Random): Float32Array {
  requireLength('shape', shape, 4, 'O, C, k and k');
  const deviation = Math.sqrt(2 / (shape[0] * shape[2] * shape[3]));
  return normal(shape, deviation, random);
}

/** Normal with mean 0. */
export function normal(shape: Shape, standardDeviation: number, random: Random): Float32Array {
  requireNumber('standardDeviation', standardDeviation, { min: 0 });
  const values = new Float32Array(elementCount(shape));
  random.fillNormal(values, 0, standardDeviation);
  return values;
}

/** Uniform with variance 2 / (I + O) (Glorot and Bengio 2010, equation 16). @param shape [O, I] */
export function xavierUniform(shape: Shape, random: Random): Float32Array {
  requireLength('shape', shape, 2, 'O and I');
  const bound = Math.sqrt(6 / (shape[0] + shape[1]));
  return uniform(shape, bound, random);
}

function uniform(shape: Shape, bound: number, random: Random): Float32Array {
  const values = new Float32Array(elementCount(shape));
  random.fillUniform(values, -bound, bound);
  return values;
}
