import { elementCount } from '../../graph/graph.js';
import { type Constant, isFloat } from '../mirror/tensorTypes.js';

/** Where a constant may be a weight: wherever a layer computes with it, only where a layer has its weights, or nowhere. */
export type Learned = 'anywhere' | 'weights' | 'never';

/**
 * What a place takes: a layer's `weight` (filters, matrices, scales and biases of norms), an `operand` of arithmetic, or a `literal`
 * (bounds, exponents, running statistics, sizes).
 */
export type Place = 'weight' | 'operand' | 'literal';

/** `layers.0.norm1.bias`, as PyTorch names what it trains. */
const torchName = /^[A-Za-z_]\w*(\.\w+)+$/;

/** From here down an added number is a mask: softmax makes nothing of it. */
const maskFrom = -90;

/**
 * Whether a constant of a file is a weight, since files don't say. A floating-point number is one
 * - in the place of a layer's weight, whatever kind of constant it is: some exporters write weights as Constant nodes, or make them of others
 *   (but nothing but ones, or nothing but zeros, that is no initializer stands for a scale or bias that isn't there);
 * - as an operand of arithmetic, if it is an initializer of more than one number, or has a name as PyTorch gives to parameters: scales of
 *   layers, position embeddings and class tokens are such, while literals (the root of 2 in a GELU) are Constant nodes or single numbers;
 * - never where it masks (all numbers 0, or below -90 and added to scores): windows that are shifted bring such;
 * - never where an operator takes a literal. Constants that meet the image before any layer (normalisation within the file) are literals
 *   too: `Tensor.raw` tells them.
 * Whole numbers are never weights.
 */
export function learnedOf(tensor: Constant, name: string, isInitializer: boolean): Learned {
  if (!isFloat(tensor.type)) return 'never';
  const count = elementCount(tensor.shape);
  if (count === 0) return 'never';
  if (!isInitializer) return isNeutral(tensor) ? 'never' : 'weights';
  if (count === 1 && !torchName.test(name)) return 'weights';
  return isMask(tensor) ? 'never' : 'anywhere';
}

/** Ones alone, or zeros alone. */
function isNeutral({ data }: Constant): boolean {
  const numbers = data as Float32Array;
  return (numbers[0] === 0 || numbers[0] === 1) && numbers.every((number) => number === numbers[0]);
}

function isMask({ data }: Constant): boolean {
  const numbers = data as Float32Array;
  let masks = false;
  for (let i = 0; i < numbers.length; i++) {
    if (numbers[i] === 0) continue;
    if (!(numbers[i] <= maskFrom)) return false;
    masks = true;
  }
  return masks;
}
