import { close, open, read } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { constants, crc32, inflateRaw } from 'node:zlib';
import yauzl, { type Entry } from 'yauzl';
import { zipEntryName } from '../../data/reading/decodeText.js';
import { requireHonestSize, ZipListing } from '../../data/reading/zipEntries.js';
import { type StoredFile, splitPath } from '../../data/storedFile.js';
import { dataError, LesionlabError } from '../../errors.js';
import { contentMark, hexadecimal } from './contentMark.js';
import type { FolderFile } from './folderFiles.js';
import { unpackFile } from './unpackedFile.js';

/** A zip that stays open, so that its files can be read at random without unpacking. */
export interface ZipArchive {
  readonly files: readonly StoredFile[];
  close(): Promise<void>;
}

const openFile = promisify(open);
const readFile = promisify(read);
const inflate = promisify(inflateRaw);

/**
 * Opens a zip and lists its files from the central directory, with their CRC-32 as fingerprints.
 * @throws LesionlabError kind `data` where it is no zip, was cut off, or has entries that no honest one has
 */
export async function openZip(archive: FolderFile): Promise<ZipArchive> {
  let reader: ZipReader | undefined;
  try {
    reader = new ZipReader(await openFile(archive.path, 'r'));
    // Names are judged here, in words of our own: of what leads elsewhere, not of a zip that is incomplete.
    const options = { autoClose: false, decodeStrings: false };
    const zip = await yauzl.fromRandomAccessReaderPromise(reader, archive.byteLength, options);
    const listing = new ZipListing(archive.location, archive.byteLength);
    const files: StoredFile[] = [];
    const folders = new Map<string, readonly string[]>();
    for await (const entry of zip.eachEntry()) {
      const path = zipEntryName(entry.fileNameRaw, () =>
        yauzl.getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, true),
      );
      listing.add({ path, packed: entry.compressedSize, unpacked: entry.uncompressedSize });
      const inside = splitPath(path);
      if (!inside) continue;
      // Files of one folder share its list of names.
      const key = inside.folders.join('/');
      if (!folders.has(key)) folders.set(key, [...archive.folders, ...inside.folders]);
      files.push(new ZippedFile(inside.name, folders.get(key)!, archive.location, path, reader, entry));
    }
    reader.endListing();
    return { files, close: async () => zip.close() };
  } catch (cause) {
    reader?.close(() => {});
    if (cause instanceof LesionlabError) throw cause;
    if (!reader) {
      throw dataError('unreadable-file', `Cannot open ${archive.location}: ${(cause as Error).message}`, {
        hint: 'Check that the file is still there and that you may read it.',
        cause,
      });
    }
    throw dataError(
      'unreadable-zip',
      `${archive.location} is no complete zip (${archive.byteLength} bytes): ${(cause as Error).message}`,
      { hint: 'The download was probably interrupted: fetch this file again.', cause },
    );
  }
}

const blockSize = 1 << 18;
const localHeaderSize = 30;
const unpackBlock = 1 << 20;
/** Name and extra fields of an entry. */
const usualNameSize = 160;

/**
 * Reads a zip's file for yauzl. While the central directory is being listed, in small pieces from front to back, it reads
 * ahead in blocks: 20,000 entries would otherwise take 40,000 reads.
 */
class ZipReader extends yauzl.RandomAccessReader {
  readonly #descriptor: number;
  #block: Uint8Array | undefined = new Uint8Array(0);
  #blockStart = 0;
  #closed = false;
  readonly #kept: FileHandle[] = [];

  constructor(descriptor: number) {
    super();
    this.#descriptor = descriptor;
  }

  endListing(): void {
    this.#block = undefined;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    this.#readInto(buffer, offset, length, position).then(
      (bytesRead) => callback(null, bytesRead),
      (error) => callback(error),
    );
  }

  async #readInto(target: Uint8Array, offset: number, length: number, position: number): Promise<number> {
    if (this.#block === undefined || length > blockSize) {
      return (await readFile(this.#descriptor, target, offset, length, position)).bytesRead;
    }
    if (position < this.#blockStart || position + length > this.#blockStart + this.#block.length) {
      const block = new Uint8Array(blockSize);
      const { bytesRead } = await readFile(this.#descriptor, block, 0, blockSize, position);
      this.#block = block.subarray(0, bytesRead);
      this.#blockStart = position;
    }
    const from = position - this.#blockStart;
    const piece = this.#block.subarray(from, from + length);
    target.set(piece, offset);
    return piece.length;
  }

  /**
   * The first bytes of an entry's data, whose local header begins at `offset`: as a rule in one read, since that header says the same as the directory.
   * @throws Error where there is no header, or the file ends before
   */
  async readEntry(offset: number, length: number): Promise<Uint8Array> {
    const first = new Uint8Array(localHeaderSize + usualNameSize + length);
    const found = await this.#readInto(first, 0, first.length, offset);
    const header = new DataView(first.buffer);
    if (found < localHeaderSize || header.getUint32(0, true) !== 0x04034b50)
      throw new Error('its entry does not begin where the directory says');
    const start = localHeaderSize + header.getUint16(26, true) + header.getUint16(28, true);
    if (start + length <= found) return first.subarray(start, start + length);
    const bytes = new Uint8Array(length);
    const known = first.subarray(Math.min(start, found), Math.min(found, start + length));
    bytes.set(known);
    const rest = length - known.length;
    const bytesRead = rest === 0 ? 0 : await this.#readInto(bytes, known.length, rest, offset + start + known.length);
    if (bytesRead < rest) throw new Error(`expected ${length} bytes, found ${known.length + bytesRead}`);
    return bytes;
  }

  /** Blocks of an entry's data in order. @throws as `readEntry` */
  async *readBlocks(offset: number, length: number): AsyncGenerator<Uint8Array> {
    const { start } = await this.#dataStart(offset);
    for (let done = 0; done < length; ) {
      const block = new Uint8Array(Math.min(unpackBlock, length - done));
      const bytesRead = await this.#readInto(block, 0, block.length, start + done);
      if (bytesRead < block.length) throw new Error(`expected ${length} bytes, found ${done + bytesRead}`);
      yield block;
      done += block.length;
    }
  }

  async #dataStart(offset: number): Promise<{ readonly start: number }> {
    const header = new Uint8Array(localHeaderSize);
    const found = await this.#readInto(header, 0, header.length, offset);
    const view = new DataView(header.buffer);
    if (found < localHeaderSize || view.getUint32(0, true) !== 0x04034b50)
      throw new Error('its entry does not begin where the directory says');
    return { start: offset + localHeaderSize + view.getUint16(26, true) + view.getUint16(28, true) };
  }

  /** Closes a file that was unpacked together with the zip. */
  keep(unpacked: FileHandle): void {
    this.#kept.push(unpacked);
  }

  override close(callback: (error: Error | null) => void): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const unpacked of this.#kept) unpacked.close().catch(() => {});
    close(this.#descriptor, (error) => callback(error ?? null));
  }
}

/** Files of zips that were unpacked whole, of which a dataset has few. */
const unpackedFiles = new WeakMap<StoredFile, Promise<FileHandle>>();

/** A file in a zip that stays open. */
class ZippedFile implements StoredFile {
  readonly byteLength: number;
  /** As the zip has it, for messages. */
  readonly #path: string;
  readonly #reader: ZipReader;
  readonly #checksum: number;
  readonly #offset: number;
  readonly #packedLength: number;
  /** 0 stored, 8 deflated; -1 where it is encrypted. */
  readonly #method: number;

  // What yauzl knows of an entry is several times as much, and a dataset has hundreds of thousands of them.
  constructor(
    readonly name: string,
    readonly folders: readonly string[],
    readonly archive: string,
    path: string,
    reader: ZipReader,
    entry: Entry,
  ) {
    this.#path = path;
    this.#reader = reader;
    this.byteLength = entry.uncompressedSize;
    this.#checksum = entry.crc32;
    this.#offset = entry.relativeOffsetOfLocalHeader;
    this.#packedLength = entry.compressedSize;
    this.#method = entry.isEncrypted() ? -1 : entry.compressionMethod;
  }

  get location(): string {
    return `${this.archive}: ${this.#path}`;
  }

  get fingerprint(): string {
    return contentMark(this.#checksum, this.byteLength);
  }

  async read(): Promise<Uint8Array> {
    try {
      requireHonestSize({ packed: this.#packedLength, unpacked: this.byteLength }, true);
      const bytes = await this.#unpack(Number.POSITIVE_INFINITY);
      const found = crc32(bytes);
      if (found !== this.#checksum)
        throw new Error(`expected CRC-32 ${hexadecimal(this.#checksum)}, found ${hexadecimal(found)}`);
      return bytes;
    } catch (cause) {
      throw damagedEntry(this.location, cause as Error);
    }
  }

  async readHead(bytes: number): Promise<Uint8Array> {
    try {
      return await this.#unpack(bytes);
    } catch (cause) {
      throw damagedEntry(this.location, cause as Error);
    }
  }

  /** Unpacks the whole to a temporary file the first time. */
  async readRange(start: number, bytes: number): Promise<Uint8Array> {
    try {
      const unpacking = unpackedFiles.get(this) ?? this.#unpackWhole();
      unpackedFiles.set(this, unpacking);
      const { buffer, bytesRead } = await (await unpacking).read(new Uint8Array(bytes), 0, bytes, start);
      if (bytesRead < bytes) throw new Error(`expected ${bytes} bytes from ${start} on, found ${bytesRead}`);
      return buffer;
    } catch (cause) {
      throw damagedEntry(this.location, cause as Error);
    }
  }

  async #unpackWhole(): Promise<FileHandle> {
    this.#requireReadable();
    requireHonestSize({ packed: this.#packedLength, unpacked: this.byteLength }, false);
    const unpacked = await unpackFile({
      blocks: () => this.#reader.readBlocks(this.#offset, this.#packedLength),
      deflated: this.#method === 8,
      byteLength: this.byteLength,
      checksum: this.#checksum,
    });
    this.#reader.keep(unpacked);
    return unpacked;
  }

  #requireReadable(): void {
    const method = this.#method;
    if (method === -1) throw new Error('it is encrypted');
    if (method !== 0 && method !== 8)
      throw new Error(`its compression method ${method} is not supported; expected 0 (none) or 8 (deflate)`);
  }

  /** The first bytes of the file, or all of it. */
  async #unpack(limit: number): Promise<Uint8Array> {
    this.#requireReadable();
    const method = this.#method;
    const packed = await this.#reader.readEntry(this.#offset, Math.min(this.#packedLength, limit));
    if (method === 0) return packed;
    // A part of the packed bytes gives a part of the file, without an error about the end.
    const finishFlush = packed.length < this.#packedLength ? constants.Z_SYNC_FLUSH : constants.Z_FINISH;
    return await inflate(packed, { finishFlush, maxOutputLength: Math.max(1, this.byteLength) });
  }
}

function damagedEntry(location: string, cause: Error) {
  return dataError('damaged-zip-entry', `Cannot read ${location}: ${cause.message}.`, {
    hint: 'The zip is damaged: fetch it again.',
    cause,
  });
}
