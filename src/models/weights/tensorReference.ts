import { countElements, decodeElements, type ElementType, type ValueBudget } from './elementTypes.js';

/** Bytes that tensors lie in: an entry of the zip, or a stretch of the older format. */
export class StorageReference {
  constructor(
    readonly key: string,
    /** Undefined for types that aren't read. */
    readonly type: ElementType | undefined,
    /** Bytes of an element; NaN where nobody knows. */
    readonly elementSize: number,
    /** Elements. */
    readonly count: number,
    /** First element, where this is a part of another storage (older format only). */
    readonly begin: number,
    /** Where the pickle itself holds them (numpy). */
    readonly bytes?: Uint8Array,
  ) {}
}

/** A tensor as a pickle describes it: a window, perhaps strided, on a storage. Strides and offset count elements. */
export class TensorReference {
  constructor(
    readonly storage: StorageReference,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}
}

/**
 * The values of a tensor in row-major order, read from the bytes of its storage.
 * @throws what `damaged` makes, where the tensor reaches beyond its storage or asks for too much memory
 */
export function readTensor(
  name: string,
  tensor: TensorReference,
  storageBytes: Uint8Array,
  budget: ValueBudget,
  damaged: (found: string) => Error,
): { data: Float32Array; shape: number[] } {
  const { storage, strides } = tensor;
  const shape = [...tensor.shape];
  const count = countElements(shape);
  // From the first to the last element that the tensor touches.
  const span = count === 0 ? 0 : shape.reduce((last, side, axis) => last + (side - 1) * strides[axis], 1);
  const begin = storage.begin + tensor.offset;
  const size = storage.elementSize;
  if (storage.type === undefined) throw damaged(`"${name}" has elements of an unknown type`);
  if (!(tensor.offset + span <= storage.count && (begin + span) * size <= storageBytes.length)) {
    throw damaged(`"${name}" of shape [${shape}] reaches beyond its storage`);
  }
  budget.take(Math.max(count, span), name);
  const values = decodeElements(storage.type, storageBytes, begin * size, span);
  if (isRowMajor(shape, strides)) return { data: values, shape };
  return { data: gather(values, shape, strides, count), shape };
}

function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis];
  }
  return true;
}

function gather(
  values: Float32Array,
  shape: readonly number[],
  strides: readonly number[],
  count: number,
): Float32Array {
  const data = new Float32Array(count);
  const index = shape.map(() => 0);
  let at = 0;
  for (let i = 0; i < count; i++) {
    data[i] = values[at];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis];
      if (++index[axis] < shape[axis]) break;
      at -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return data;
}
