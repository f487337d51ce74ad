import { countElements, decodeElements, type ElementType, elementSizes } from './elementTypes.js';
import { BuiltObject, InertObject, PickleGlobal } from './pickleObjects.js';
import { StorageReference, TensorReference } from './tensorReference.js';

const elementTypes: Readonly<Record<string, ElementType>> = {
  f8: 'F64',
  f4: 'F32',
  f2: 'F16',
  i8: 'I64',
  i4: 'I32',
  i2: 'I16',
  i1: 'I8',
  u1: 'U8',
  b1: 'BOOL',
};

/** numpy.dtype: `dtype('f8', False, True)`, whose state says the order of bytes. */
class NumpyType extends BuiltObject {
  #swapped = false;

  constructor(readonly code: unknown) {
    super();
  }

  build(state: unknown): void {
    this.#swapped = Array.isArray(state) && state[1] === '>';
  }

  /** Undefined for what isn't read: records, objects, texts, big-endian numbers. */
  get elements(): ElementType | undefined {
    const code = typeof this.code === 'string' ? this.code : '';
    return this.#swapped || !Object.hasOwn(elementTypes, code) ? undefined : elementTypes[code];
  }
}

/** numpy.ndarray, whose state is `(version, shape, type, column-major, bytes)`. */
export class NumpyArray extends BuiltObject {
  /** What can be read of it; undefined for arrays of objects and the like. */
  tensor: TensorReference | undefined;

  build(state: unknown): void {
    const [, shape, type, columnMajor, data] = Array.isArray(state) ? state : [];
    const elements = type instanceof NumpyType ? type.elements : undefined;
    const bytes = toBytes(data);
    const count = countElements(shape);
    if (elements === undefined || !bytes || bytes.length !== count * elementSizes[elements]) return;
    const storage = new StorageReference('', elements, elementSizes[elements], count, 0, bytes);
    this.tensor = new TensorReference(storage, 0, [...shape], stridesOf(shape, columnMajor === true));
  }
}

/** Elements from one to the next along each axis. */
function stridesOf(shape: readonly number[], columnMajor: boolean): number[] {
  const strides: number[] = new Array(shape.length).fill(1);
  let step = 1;
  for (let i = 0; i < shape.length; i++) {
    const axis = columnMajor ? i : shape.length - 1 - i;
    strides[axis] = step;
    step *= shape[axis];
  }
  return strides;
}

/** Bytes as newer pickles have them, or as the text of which `_codecs.encode(text, 'latin1')` would make them. */
function toBytes(data: unknown): Uint8Array | undefined {
  if (data instanceof Uint8Array) return data;
  if (typeof data !== 'string') return undefined;
  const bytes = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) bytes[i] = data.charCodeAt(i);
  return bytes;
}

/** numpy's types, numbers and arrays; undefined for anything else of numpy's. */
export function findNumpyGlobal(module: string, name: string): PickleGlobal | undefined {
  const full = `${module}.${name}`;
  if (full === 'numpy.dtype') return new PickleGlobal(full, ([code]) => new NumpyType(code));
  // numpy 2 has an underscore before "core".
  if (!/^numpy\._?core\.(multiarray|numeric)$/.test(module)) return undefined;
  if (name === '_reconstruct') return new PickleGlobal(full, () => new NumpyArray());
  if (name === 'scalar') return new PickleGlobal(full, (args) => toNumber(args) ?? new InertObject(full));
  return undefined;
}

function toNumber([type, data]: readonly unknown[]): number | boolean | undefined {
  const elements = type instanceof NumpyType ? type.elements : undefined;
  const bytes = toBytes(data);
  if (elements === undefined || !bytes || bytes.length !== elementSizes[elements]) return undefined;
  if (elements === 'F64') return new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0, true);
  const [value] = decodeElements(elements, bytes, 0, 1);
  return elements === 'BOOL' ? value !== 0 : value;
}
