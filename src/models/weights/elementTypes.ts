import { bfloatsToFloats, halvesToFloats } from '../../graph/halfPrecision.js';

/** Types of tensor elements, by their names in safetensors. */
export type ElementType = 'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'I32' | 'I16' | 'I8' | 'U8' | 'BOOL';

/** Bytes of one element. */
export const elementSizes: Readonly<Record<ElementType, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

/** Axes; PyTorch and NumPy have no more. */
const highestRank = 64;

/** Elements of a tensor of this shape; NaN where the shape is no list of lengths, or of more than anybody has. */
export function countElements(shape: unknown): number {
  if (!Array.isArray(shape) || shape.length > highestRank) return Number.NaN;
  let count = 1;
  for (const side of shape) {
    if (!Number.isSafeInteger(side) || side < 0) return Number.NaN;
    count *= side;
  }
  return Number.isSafeInteger(count) ? count : Number.NaN;
}

/**
 * Little-endian elements as float32, a copy. The caller has checked that `count` elements lie in `bytes` from `at`.
 * Integers beyond 2^24 and doubles are rounded.
 */
export function decodeElements(type: ElementType, bytes: Uint8Array, at: number, count: number): Float32Array {
  // Copied first, since `at` may not be a multiple of the size; not by slice(), which makes a view of a Node Buffer.
  const { buffer } = new Uint8Array(bytes.subarray(at, at + count * elementSizes[type]));
  switch (type) {
    case 'F32':
      return new Float32Array(buffer);
    case 'F64':
      return new Float32Array(new Float64Array(buffer));
    case 'F16':
      return halvesToFloats(new Uint16Array(buffer));
    case 'BF16':
      return bfloatsToFloats(new Uint16Array(buffer));
    case 'I64':
      return Float32Array.from(new BigInt64Array(buffer), Number);
    case 'I32':
      return new Float32Array(new Int32Array(buffer));
    case 'I16':
      return new Float32Array(new Int16Array(buffer));
    case 'I8':
      return new Float32Array(new Int8Array(buffer));
    case 'U8':
    case 'BOOL':
      return new Float32Array(new Uint8Array(buffer));
  }
}

/**
 * Bounds what a file may make us allocate. Tensors can share bytes (overlapping ranges, strides of 0), so that a small
 * hostile file could ask for any amount of memory; an honest one needs no more values than it has bytes.
 */
export class ValueBudget {
  #left: number;

  constructor(
    fileLength: number,
    readonly exceeded: (found: string) => Error,
  ) {
    this.#left = fileLength + 2 ** 20;
  }

  /** @throws what `exceeded` makes, where the values add up to more than the file can honestly hold */
  take(values: number, name: string): void {
    this.#left -= values;
    if (!(this.#left >= 0)) throw this.exceeded(`with "${name}" it asks for more values than it has bytes`);
  }
}
