import { countElements, type ElementType, elementSizes } from './elementTypes.js';
import { findNumpyGlobal } from './numpyObjects.js';
import { InertObject, PickleGlobal } from './pickleObjects.js';
import { StorageReference, TensorReference } from './tensorReference.js';

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

/** Bytes of an element of types that no network here has; tensors of them are left out. */
const otherStorages: Readonly<Record<string, number>> = {
  ComplexDoubleStorage: 16,
  ComplexFloatStorage: 8,
  QInt32Storage: 4,
  QInt8Storage: 1,
  QUInt8Storage: 1,
  QUInt4x2Storage: 1,
  QUInt2x4Storage: 1,
};

/** Types by which tensors on a storage without type are named. */
const elementTypes: Readonly<Record<string, ElementType>> = {
  float64: 'F64',
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
  int64: 'I64',
  int32: 'I32',
  int16: 'I16',
  int8: 'I8',
  uint8: 'U8',
  bool: 'BOOL',
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
  const first = () => global(([value]) => value);
  switch (`${module}.${name}`) {
    case 'collections.OrderedDict':
    case 'collections.Counter':
    case 'builtins.dict':
    case '__builtin__.dict':
      return global((args) => toDict(args, broken));
    case 'collections.defaultdict':
      // What it would call for entries that are missing is of no use here.
      return global(([, ...args]) => toDict(args, broken));
    case 'builtins.set':
    case '__builtin__.set':
    case 'builtins.frozenset':
    case '__builtin__.frozenset':
    case 'collections.deque':
      return global(([items]) => (Array.isArray(items) ? [...items] : []));
    case 'torch._utils._rebuild_tensor':
    case 'torch._utils._rebuild_tensor_v2':
      return global((args) => toTensor(args, broken));
    case 'torch._utils._rebuild_tensor_v3':
      return global((args) => toTypedTensor(args, broken));
    case 'torch._utils._rebuild_parameter':
    case 'torch._utils._rebuild_parameter_with_state':
      return first();
    case 'torch._tensor._rebuild_from_type':
    case 'torch._tensor._rebuild_from_type_v2':
      // A subclass of Tensor, or a tensor with attributes: what makes the tensor itself, and its arguments. Never one of these again, which a
      // pickle could put into itself.
      return global(([make, type, args]) => {
        if (make instanceof PickleGlobal && make.call && Array.isArray(args) && !/_rebuild_from_type/.test(make.name))
          return make.call(args);
        return new InertObject(type instanceof PickleGlobal ? type.name : `${module}.${name}`);
      });
    case 'torch._utils._rebuild_sparse_tensor':
    case 'torch._utils._rebuild_sparse_csr_tensor':
      return global(() => new InertObject('a sparse tensor'));
    case 'torch._utils._rebuild_qtensor':
      return global(() => new InertObject('a quantised tensor'));
    case 'torch.Size':
    case 'torch.device':
    case '_codecs.encode':
      return first();
  }
  if (module === 'torch' && typeNames.test(name)) return global();
  return findNumpyGlobal(module, name);
}

/** `OrderedDict()`, `Counter({...})`, or Python 2's `OrderedDict([[key, value], ...])`. */
function toDict([pairs = []]: readonly unknown[], broken: (found: string) => Error): Map<unknown, unknown> {
  if (pairs instanceof Map) return new Map(pairs);
  if (!Array.isArray(pairs) || !pairs.every((pair) => Array.isArray(pair) && pair.length === 2)) {
    throw broken('an OrderedDict in it is made of something else than pairs');
  }
  return new Map(pairs as [unknown, unknown][]);
}

/** `_rebuild_tensor_v2(storage, offset, size, stride, ...)`. */
function toTensor(
  [storage, offset, shape, strides]: readonly unknown[],
  broken: (found: string) => Error,
): TensorReference | InertObject {
  const valid =
    storage instanceof StorageReference &&
    isCount(offset) &&
    !Number.isNaN(countElements(shape)) &&
    Array.isArray(strides) &&
    strides.every(isCount) &&
    strides.length === (shape as number[]).length;
  if (!valid) throw broken('a tensor in it has no sensible storage, offset, shape and strides');
  if (storage.type === undefined) return new InertObject('a tensor of complex or quantised numbers');
  // Copies, since a pickle can go on changing a list that it has used.
  return new TensorReference(storage, offset, [...(shape as number[])], [...strides]);
}

/** `_rebuild_tensor_v3(storage, offset, size, stride, requires_grad, hooks, type)`: the storage is bytes without a type. */
function toTypedTensor(args: readonly unknown[], broken: (found: string) => Error): TensorReference | InertObject {
  const [storage, offset, shape, strides, , , type] = args;
  const name = type instanceof PickleGlobal ? type.name.replace(/^torch\./, '') : '';
  if (!(storage instanceof StorageReference)) throw broken('a tensor in it has no storage');
  if (!Object.hasOwn(elementTypes, name)) return new InertObject(`a tensor of ${name || 'an unknown type'}`);
  const elements = elementTypes[name];
  const size = elementSizes[elements];
  const typed = new StorageReference(storage.key, elements, size, Math.floor(storage.count / size), 0);
  return toTensor([typed, offset, shape, strides], broken);
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** The storage of a persistent id: `('storage', type, key, location, count[, (view key, first element, count)])`. */
export function toStorage(id: unknown, broken: (found: string) => Error): StorageReference {
  const [tag, type, key, , count, view] = Array.isArray(id) ? id : [];
  const name = type instanceof PickleGlobal ? (type.name.split('.').pop() as string) : '';
  const [viewKey, begin, viewCount] = Array.isArray(view) ? view : [key, 0, count];
  const elements =
    name === 'UntypedStorage' ? 'U8' : Object.hasOwn(storageTypes, name) ? storageTypes[name] : undefined;
  const other = otherStorages[name] ?? (name.endsWith('Storage') ? Number.NaN : undefined);
  const size = elements === undefined ? other : elementSizes[elements];
  const valid =
    tag === 'storage' &&
    size !== undefined &&
    typeof key === 'string' &&
    [count, begin, viewCount].every(isCount) &&
    viewKey !== undefined;
  if (!valid) throw broken('it refers to something outside its pickle that is no storage of a tensor');
  return new StorageReference(key, elements, size, viewCount, begin);
}
