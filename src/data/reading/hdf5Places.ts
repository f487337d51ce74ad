/** Where the bytes of a data set lie in an HDF5 file. */
export interface Hdf5Place {
  readonly name: string;
  readonly start: number;
  readonly byteLength: number;
  /** As `checksum` gave it; undefined where it wasn't asked for. */
  readonly checksum?: number;
}

/** Reads a part of the file. */
type ReadRange = (start: number, bytes: number) => Promise<Uint8Array>;

const blockBytes = 1 << 20;
const blocksKept = 16;
/** Of a data set's header, which holds all that is looked for here. */
const headerBytes = 512;

/** Not laid out as this reader knows it. */
class OtherLayout extends Error {}

/**
 * Finds data sets of bytes at the top of an HDF5 file by its own directory: asked one by one, the library takes a minute for the 400,000
 * images of ISIC 2024. Knows the layout that h5py writes unless it is told otherwise (version 0, groups as B-trees, bytes in one piece).
 * @param checksum of the bytes of a data set, which are passed by anyway
 * @returns undefined for any other layout: ask the library then
 */
export async function findHdf5Places(
  readRange: ReadRange,
  checksum?: (bytes: Uint8Array) => number,
): Promise<Hdf5Place[] | undefined> {
  try {
    const read = inBlocks(readRange);
    const superblock = await read(0, 96);
    const [version, offsets, lengths] = [superblock.getUint8(8), superblock.getUint8(13), superblock.getUint8(14)];
    // The root's entry has to say where its directory is.
    require(version === 0 && offsets === 8 && lengths === 8 && superblock.getUint32(72, true) === 1);
    const entries = await readGroup(read, address(superblock, 80), address(superblock, 88));
    const headers = entries.sort((a, b) => a.header - b.header);
    const places: Hdf5Place[] = [];
    for (const { name, header } of headers) {
      const { start, byteLength } = readHeader(await read(header, headerBytes));
      const at = start < 0 ? header - start : start;
      const bytes = checksum && (await read(at, byteLength));
      places.push({
        name,
        start: at,
        byteLength,
        ...(bytes && { checksum: checksum(new Uint8Array(bytes.buffer, bytes.byteOffset, byteLength)) }),
      });
    }
    return places.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    // A place beyond the end, as of a file that was cut off.
    if (error instanceof OtherLayout || error instanceof RangeError) return undefined;
    throw error;
  }
}

function require(known: boolean): asserts known {
  if (!known) throw new OtherLayout();
}

type Read = (start: number, bytes: number) => Promise<DataView>;

/** Reads blocks of a file, of which the last few are kept: headers and what they are of alternate. */
function inBlocks(readRange: ReadRange): Read {
  const kept = new Map<number, Uint8Array>();
  const block = async (index: number): Promise<Uint8Array> => {
    const found = kept.get(index) ?? (await readRange(index * blockBytes, blockBytes));
    kept.delete(index);
    kept.set(index, found);
    if (kept.size > blocksKept) kept.delete(kept.keys().next().value!);
    return found;
  };
  return async (start, bytes) => {
    const first = Math.floor(start / blockBytes);
    const one = await block(first);
    const at = start - first * blockBytes;
    if (at + bytes <= one.length) return new DataView(one.buffer, one.byteOffset + at, bytes);
    const joined = new Uint8Array(bytes);
    let done = 0;
    for (let index = first; done < bytes; index++) {
      const part = (await block(index)).subarray(index === first ? at : 0).subarray(0, bytes - done);
      // The last header of a file may end before what is read of it at a time.
      if (part.length === 0) break;
      joined.set(part, done);
      done += part.length;
    }
    return new DataView(joined.buffer, 0, done);
  };
}

function address(view: DataView, at: number): number {
  const found = Number(view.getBigUint64(at, true));
  require(Number.isSafeInteger(found));
  return found;
}

const signature = (view: DataView): string => String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset, 4));

interface Entry {
  readonly name: string;
  readonly header: number;
}

/** Names of a group and where the headers of what they name are. */
async function readGroup(read: Read, tree: number, heap: number): Promise<Entry[]> {
  const head = await read(heap, 32);
  require(signature(head) === 'HEAP');
  const [size, at] = [address(head, 8), address(head, 24)];
  const names = await read(at, size);
  const bytes = new Uint8Array(names.buffer, names.byteOffset, names.byteLength).slice();
  const entries: Entry[] = [];
  for (const node of (await leaves(read, tree)).sort((a, b) => a - b)) {
    const view = await read(node, 8);
    require(signature(view) === 'SNOD');
    const count = view.getUint16(6, true);
    const symbols = await read(node + 8, 40 * count);
    for (let i = 0; i < count; i++)
      entries.push({ name: nameAt(bytes, address(symbols, 40 * i)), header: address(symbols, 40 * i + 8) });
  }
  return entries;
}

function nameAt(names: Uint8Array, at: number): string {
  const end = names.indexOf(0, at);
  require(end > at);
  const name = names.subarray(at, end);
  // Others would have to be decoded as they were written.
  require(name.every((byte) => byte > 32 && byte < 127));
  return String.fromCharCode(...name);
}

/** Where the nodes are that hold names. */
async function leaves(read: Read, node: number): Promise<number[]> {
  const head = await read(node, 24);
  require(signature(head) === 'TREE' && head.getUint8(4) === 0);
  const [level, count] = [head.getUint8(5), head.getUint16(6, true)];
  const pairs = await read(node + 24, 16 * count);
  const children = Array.from({ length: count }, (_, i) => address(pairs, 16 * i + 8));
  if (level === 0) return children;
  const found: number[] = [];
  for (const child of children) for (const leaf of await leaves(read, child)) found.push(leaf);
  return found;
}

const [dataspace, datatype, layout] = [0x01, 0x03, 0x08];
const [integers, text, opaque] = [0, 3, 5];

/** Where the bytes of a data set begin (less than 0: so many bytes behind its header), and how many there are. */
function readHeader(view: DataView): { readonly start: number; readonly byteLength: number } {
  require(view.getUint8(0) === 1);
  const messages = view.getUint16(2, true);
  const end = 16 + view.getUint32(8, true);
  require(end <= view.byteLength);
  let elements: number | undefined;
  let size: number | undefined;
  let found: { start: number; byteLength: number } | undefined;
  let at = 16;
  for (let m = 0; m < messages && at + 8 <= end; m++) {
    const [type, length] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
    const body = at + 8;
    if (type === dataspace) elements = countElements(view, body);
    else if (type === datatype) {
      const kind = view.getUint8(body) & 15;
      size = view.getUint32(body + 4, true);
      require(kind === integers ? size === 1 : kind === text || kind === opaque);
    } else if (type === layout) {
      require(view.getUint8(body) === 3);
      const how = view.getUint8(body + 1);
      require(how < 2);
      found =
        how === 1
          ? { start: address(view, body + 2), byteLength: address(view, body + 10) }
          : { start: -(body + 4), byteLength: view.getUint16(body + 2, true) };
    }
    at = body + length;
  }
  require(found !== undefined && size !== undefined && elements !== undefined && found.byteLength === size * elements);
  return found;
}

function countElements(view: DataView, at: number): number {
  const [version, rank] = [view.getUint8(at), view.getUint8(at + 1)];
  require((version === 1 || version === 2) && rank < 2);
  return rank === 0 ? 1 : address(view, at + (version === 1 ? 8 : 4));
}
