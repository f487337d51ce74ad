import { dataError } from '../../errors.js';
import type { StoredFile } from '../storedFile.js';

/** What the header of a NumPy array (`.npy`) says. */
export interface NpyHeader {
  /** `|u1`, `<i8`, ... */
  readonly type: string;
  readonly shape: readonly number[];
  /** Where the values begin, in bytes. */
  readonly start: number;
}

const headBytes = 1 << 12;
const itemBytes: Readonly<Record<string, number>> = {
  u1: 1,
  i1: 1,
  b1: 1,
  u2: 2,
  i2: 2,
  u4: 4,
  i4: 4,
  u8: 8,
  i8: 8,
  f4: 4,
  f8: 8,
};

/**
 * Reads the header of a `.npy` file (NumPy's format, versions 1 to 3: numpy.lib.format).
 * @throws LesionlabError kind `data` where it is none, or holds values of a kind or in an order that isn't read
 */
export async function readNpyHeader(file: StoredFile): Promise<NpyHeader> {
  const refuse = (found: string) =>
    dataError('bad-npy', `${file.location} is no NumPy array of numbers that can be read: ${found}.`, {
      hint: 'Save the arrays with numpy.savez, or fetch the file again.',
    });
  const head = await file.readHead(headBytes);
  if (head.length < 12 || String.fromCharCode(...head.subarray(1, 6)) !== 'NUMPY' || head[0] !== 0x93)
    throw refuse('it does not begin as one does');
  const long = head[6] > 1;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const length = long ? view.getUint32(8, true) : view.getUint16(8, true);
  const start = (long ? 12 : 10) + length;
  if (start > head.length) throw refuse('its header is cut off');
  const text = String.fromCharCode(...head.subarray(long ? 12 : 10, start));
  const type = /'descr'\s*:\s*'([^']+)'/.exec(text)?.[1];
  const shape = /'shape'\s*:\s*\(([^)]*)\)/.exec(text)?.[1];
  if (type === undefined || shape === undefined) throw refuse('its header says neither type nor shape');
  if (/'fortran_order'\s*:\s*True/.test(text)) throw refuse('its values are in the order of Fortran');
  const size = itemBytes[type.slice(1)];
  if (size === undefined || type.startsWith('>')) throw refuse(`its values are of the type ${type}`);
  const sizes = shape
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
    .map(Number);
  const expected = start + size * sizes.reduce((product, n) => product * n, 1);
  if (file.byteLength !== expected)
    throw refuse(`expected ${expected} bytes for the shape (${sizes.join(', ')}), found ${file.byteLength}`);
  return { type, shape: sizes, start };
}

/** All values of an array of whole numbers below 2^53, for labels. @throws LesionlabError kind `data` */
export async function readNpyIntegers(file: StoredFile): Promise<number[]> {
  const { type, start } = await readNpyHeader(file);
  const bytes = await file.read();
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, bytes.byteLength - start);
  const size = itemBytes[type.slice(1)];
  const read = (at: number): number => {
    switch (type.slice(1)) {
      case 'u1':
      case 'b1':
        return view.getUint8(at);
      case 'i1':
        return view.getInt8(at);
      case 'u2':
        return view.getUint16(at, true);
      case 'i2':
        return view.getInt16(at, true);
      case 'u4':
        return view.getUint32(at, true);
      case 'i4':
        return view.getInt32(at, true);
      case 'f4':
        return view.getFloat32(at, true);
      case 'f8':
        return view.getFloat64(at, true);
      default:
        return Number(view.getBigInt64(at, true));
    }
  };
  return Array.from({ length: view.byteLength / size }, (_, i) => read(i * size));
}
