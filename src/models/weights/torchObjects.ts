import { countElements, decodeElements, type ElementType, elementSizes, type ValueBudget } from './elementTypes.js';
import { PickleGlobal } from './unpickle.js';

/** Bytes that tensors lie in: an entry of the zip, or a stretch of the older format. */
export class StorageReference {
  constructor(
    readonly key: string,
    readonly type: ElementType,
    /** Elements. */
    readonly count: number,
    /** First element, where this is a part of another storage (older format only). */
    readonly begin: number,
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

const storageTypes: Readonly<Record<string, ElementType>> = {
  DoubleStorage: 'F64',
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
};

const typeNames = /^(float|bfloat|complex|u?int)\d+$|^bool$/;

/**
 * The Python objects that files of tensors name, each as something inert of ours; undefined for every other.
 * @param broken makes the error for arguments that make no sense
 */
export function findTorchGlobal(
  module: string,
  name: string,
  broken: (found: string) => Error,
): PickleGlobal | undefined {
  const global = (call?: (args: readonly unknown[]) => unknown) => new PickleGlobal(`${module}.${name}`, call);
  switch (`${module}.${name}`) {
    case 'collections.OrderedDict':
      return global((args) => toDict(args, broken));
    case 'torch._utils._rebuild_tensor':
    case 'torch._utils._rebuild_tensor_v2':
      return global((args) => toTensor(args, broken));
    case 'torch._utils._rebuild_parameter':
      return global(([tensor]) => tensor);
    case 'torch.Size':
      return global(([sizes]) => sizes);
    case 'torch.device':
      return global(([device]) => device);
  }
  if (module === 'torch' && typeNames.test(name)) return global();
  if ((module === 'torch' || module === 'torch.cuda') && Object.hasOwn(storageTypes, name)) return global();
  return undefined;
}

/** `OrderedDict()`, or Python 2's `OrderedDict([[key, value], ...])`. */
function toDict([pairs = []]: readonly unknown[], broken: (found: string) => Error): Map<unknown, unknown> {
  if (!Array.isArray(pairs) || !pairs.every((pair) => Array.isArray(pair) && pair.length === 2)) {
    throw broken('an OrderedDict in it is made of something else than pairs');
  }
  return new Map(pairs as [unknown, unknown][]);
}

/** `_rebuild_tensor_v2(storage, offset, size, stride, ...)`. */
function toTensor(
  [storage, offset, shape, strides]: readonly unknown[],
  broken: (found: string) => Error,
): TensorReference {
  const valid =
    storage instanceof StorageReference &&
    isCount(offset) &&
    !Number.isNaN(countElements(shape)) &&
    Array.isArray(strides) &&
    strides.every(isCount) &&
    strides.length === (shape as number[]).length;
  if (!valid) throw broken('a tensor in it has no sensible storage, offset, shape and strides');
  // Copies, since a pickle can go on changing a list that it has used.
  return new TensorReference(storage, offset, [...(shape as number[])], [...strides]);
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** The storage of a persistent id: `('storage', type, key, location, count[, (view key, first element, count)])`. */
export function toStorage(id: unknown, broken: (found: string) => Error): StorageReference {
  const [tag, type, key, , count, view] = Array.isArray(id) ? id : [];
  const name = type instanceof PickleGlobal ? (type.name.split('.').pop() as string) : '';
  const [viewKey, begin, viewCount] = Array.isArray(view) ? view : [key, 0, count];
  const valid =
    tag === 'storage' &&
    Object.hasOwn(storageTypes, name) &&
    typeof key === 'string' &&
    [count, begin, viewCount].every(isCount) &&
    viewKey !== undefined;
  if (!valid) throw broken('it refers to something outside its pickle that is no storage of a tensor');
  return new StorageReference(key, storageTypes[name], viewCount, begin);
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
  const size = elementSizes[storage.type];
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
