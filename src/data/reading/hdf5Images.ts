import { dataError } from '../../errors.js';
import type { StoredFile } from '../storedFile.js';
import type { Hdf5Place } from './hdf5Places.js';

/** What is needed of a program that reads HDF5: the functions of the library in WebAssembly that Node and the page both have. */
export interface Hdf5Library {
  get_names(file: bigint, path: string, recursive: boolean): string[];
  get_dataset_metadata(file: bigint, path: string): Hdf5Dataset;
  get_dataset_data(file: bigint, path: string, count: null, offset: null, strides: null, to: bigint): number;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  /** Another array once the memory has grown. */
  readonly HEAPU8: Uint8Array;
  /** Makes its errors exceptions, which it prints otherwise. */
  activate_throwing_error_handler(): number;
}

interface Hdf5Dataset {
  /** Class of its elements: see `bytesOf`. */
  readonly type: number;
  /** Bytes of an element. */
  readonly size: number;
  /** Elements. */
  readonly total_size: number;
  readonly vlen: boolean;
}

const [integers, text, opaque] = [0, 3, 5];

/** The file that holds the images, for messages and fingerprints. */
export type Hdf5Archive = Pick<StoredFile, 'folders' | 'location' | 'fingerprint'>;

/** How an HDF5 file begins. */
export const hdf5Signature: readonly number[] = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** Whether a file is HDF5 by its name. */
export const isHdf5Name = (name: string): boolean => /\.(h5|hdf5)$/i.test(name);

/** What the library says went wrong: of the many lines about its own calls the last, which is the innermost. */
export function hdf5Reason(error: unknown): string {
  const { message } = error as Error;
  return [...message.matchAll(/\(\): (.+)$/gm)].at(-1)?.[1] ?? message;
}

/**
 * Images in an HDF5 file with a data set each, at its top, of the bytes of an encoded image, named by its id, as Kaggle has those of ISIC 2024. One is
 * read at a time.
 * @returns none where its first data set is no image
 */
export function listHdf5Images(library: Hdf5Library, file: bigint, archive: Hdf5Archive): StoredFile[] {
  const names = library.get_names(file, '/', false);
  if (names.length === 0) return [];
  const ending = endingOf(tryRead(library, file, names[0]));
  return ending === undefined ? [] : names.map((name) => new Hdf5Image(library, file, archive, name, ending));
}

const endings: readonly (readonly [string, readonly number[]])[] = [
  ['jpg', [0xff, 0xd8, 0xff]],
  ['png', [0x89, 0x50, 0x4e, 0x47]],
];

const endingOf = (bytes: Uint8Array | undefined): string | undefined =>
  endings.find(([, start]) => bytes && start.every((byte, i) => bytes[i] === byte))?.[0];

function tryRead(library: Hdf5Library, file: bigint, name: string): Uint8Array | undefined {
  try {
    return readDataset(library, file, name);
  } catch {
    // A group, or numbers.
    return undefined;
  }
}

/** Bytes of a data set that holds nothing else: opaque, a text of fixed length, or a row of bytes. */
function bytesOf({ type, size, total_size: elements, vlen }: Hdf5Dataset): number {
  const isBytes = !vlen && (type === integers ? size === 1 : (type === text || type === opaque) && elements === 1);
  if (!isBytes) throw new Error('it is no data set of bytes');
  return size * elements;
}

function readDataset(library: Hdf5Library, file: bigint, name: string): Uint8Array {
  const length = bytesOf(library.get_dataset_metadata(file, name));
  const pointer = library._malloc(length);
  if (pointer === 0 && length > 0) throw new Error(`there is no memory for its ${length} bytes`);
  try {
    library.get_dataset_data(file, name, null, null, null, BigInt(pointer));
    return library.HEAPU8.slice(pointer, pointer + length);
  } finally {
    library._free(pointer);
  }
}

/** The images of an HDF5 file whose places in it are known (`findHdf5Places`); undefined where the first is none. */
export async function imagesAtPlaces(
  places: readonly Hdf5Place[],
  archive: Hdf5Archive,
  { readRange, markOf }: Pick<PlacedFile, 'readRange' | 'markOf'>,
): Promise<StoredFile[] | undefined> {
  const [first] = places;
  const ending = first && endingOf(await readRange(first.start, Math.min(16, first.byteLength)));
  if (ending === undefined) return undefined;
  const file: PlacedFile = { archive, ending, readRange, markOf };
  return places.map((place) => new PlacedImage(file, place));
}

/** What images of one file have in common. */
interface PlacedFile {
  readonly archive: Hdf5Archive;
  readonly ending: string;
  readRange(start: number, bytes: number): Promise<Uint8Array>;
  /** The mark of a content, by its checksum. */
  markOf?(checksum: number, byteLength: number): string;
}

/** What both kinds of images in an HDF5 file say of themselves. */
abstract class Hdf5Entry implements StoredFile {
  abstract readonly id: string;
  abstract readonly ending: string;
  abstract readonly source: Hdf5Archive;
  abstract readonly byteLength: number;
  abstract read(): Promise<Uint8Array>;

  get folders() {
    return this.source.folders;
  }

  get name() {
    return `${this.id}.${this.ending}`;
  }

  get archive() {
    return this.source.location;
  }

  get location() {
    return `${this.source.location}: ${this.id}`;
  }

  get fingerprint() {
    return `hdf5-${this.source.fingerprint}-${this.id}`;
  }

  async readHead(_bytes: number) {
    return await this.read();
  }

  protected damaged(cause: unknown) {
    return dataError('damaged-hdf5-entry', `Cannot read ${this.location}: ${hdf5Reason(cause)}.`, {
      hint: 'The file is damaged: fetch it again.',
      cause,
    });
  }
}

/** An image of which it is known where it lies. */
class PlacedImage extends Hdf5Entry {
  constructor(
    readonly file: PlacedFile,
    readonly place: Hdf5Place,
  ) {
    super();
  }

  get id() {
    return this.place.name;
  }

  get ending() {
    return this.file.ending;
  }

  get source() {
    return this.file.archive;
  }

  get byteLength() {
    return this.place.byteLength;
  }

  override get fingerprint() {
    const { checksum, byteLength } = this.place;
    return checksum === undefined || !this.file.markOf ? super.fingerprint : this.file.markOf(checksum, byteLength);
  }

  async read() {
    return await this.readHead(this.byteLength);
  }

  override async readHead(bytes: number) {
    const wanted = Math.min(bytes, this.byteLength);
    try {
      const found = await this.file.readRange(this.place.start, wanted);
      if (found.length < wanted) throw new Error(`expected ${wanted} bytes, found ${found.length}`);
      return found;
    } catch (cause) {
      throw this.damaged(cause);
    }
  }
}

/** 400,000 of them are listed at once: what takes a look into the file is found out when it is asked for, and kept. */
class Hdf5Image extends Hdf5Entry {
  #byteLength: number | undefined;

  constructor(
    readonly library: Hdf5Library,
    readonly file: bigint,
    readonly source: Hdf5Archive,
    readonly id: string,
    readonly ending: string,
  ) {
    super();
  }

  get byteLength() {
    try {
      this.#byteLength ??= bytesOf(this.library.get_dataset_metadata(this.file, this.id));
      return this.#byteLength;
    } catch (cause) {
      throw this.damaged(cause);
    }
  }

  async read() {
    try {
      return readDataset(this.library, this.file, this.id);
    } catch (cause) {
      throw this.damaged(cause);
    }
  }
}
