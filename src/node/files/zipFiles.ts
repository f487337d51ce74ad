import { close, open, read } from 'node:fs';
import { promisify } from 'node:util';
import { constants, crc32, inflateRaw } from 'node:zlib';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { zipEntryName } from '../../data/reading/decodeText.js';
import { type StoredFile, splitPath } from '../../data/storedFile.js';
import { dataError } from '../../errors.js';
import type { FolderFile } from './folderFiles.js';

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
 * @throws LesionlabError kind `data` where it is no zip or was cut off
 */
export async function openZip(archive: FolderFile): Promise<ZipArchive> {
  let reader: ZipReader | undefined;
  try {
    reader = new ZipReader(await openFile(archive.path, 'r'));
    const zip = await yauzl.fromRandomAccessReaderPromise(reader, archive.byteLength, { autoClose: false });
    const files: StoredFile[] = [];
    for await (const entry of zip.eachEntry()) {
      const file = zippedFile(archive, zip, reader, entry);
      if (file) files.push(file);
    }
    reader.endListing();
    return { files, close: async () => zip.close() };
  } catch (cause) {
    reader?.close(() => {});
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

/**
 * Reads a zip's file for yauzl. While the central directory is being listed, in small pieces from front to back, it reads
 * ahead in blocks: 20,000 entries would otherwise take 40,000 reads.
 */
class ZipReader extends yauzl.RandomAccessReader {
  readonly #descriptor: number;
  #block: Uint8Array | undefined = new Uint8Array(0);
  #blockStart = 0;
  #closed = false;

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

  /** @throws Error where the file ends before `length` bytes */
  async readBytes(position: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    const bytesRead = length === 0 ? 0 : await this.#readInto(bytes, 0, length, position);
    if (bytesRead < length) throw new Error(`expected ${length} bytes, found ${bytesRead}`);
    return bytes;
  }

  override close(callback: (error: Error | null) => void): void {
    if (this.#closed) return;
    this.#closed = true;
    close(this.#descriptor, (error) => callback(error ?? null));
  }
}

function zippedFile(archive: FolderFile, zip: ZipFile, reader: ZipReader, entry: Entry): StoredFile | undefined {
  const path = zipEntryName(entry.fileNameRaw, entry.fileName);
  const inside = splitPath(path);
  if (!inside) return undefined;
  const location = `${archive.location}: ${path}`;
  const { compressedSize, uncompressedSize, compressionMethod } = entry;

  /** The first bytes of the file, or all of it. */
  const unpack = async (limit: number): Promise<Uint8Array> => {
    if (entry.isEncrypted()) throw new Error('it is encrypted');
    if (compressionMethod !== 0 && compressionMethod !== 8) {
      throw new Error(`its compression method ${compressionMethod} is not supported; expected 0 (none) or 8 (deflate)`);
    }
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    const packed = await reader.readBytes(fileDataStart, Math.min(compressedSize, limit));
    if (compressionMethod === 0) return packed;
    // A part of the packed bytes gives a part of the file, without an error about the end.
    const finishFlush = packed.length < compressedSize ? constants.Z_SYNC_FLUSH : constants.Z_FINISH;
    return await inflate(packed, { finishFlush, maxOutputLength: Math.max(1, uncompressedSize) });
  };

  return {
    folders: [...archive.folders, ...inside.folders],
    name: inside.name,
    location,
    archive: archive.location,
    byteLength: uncompressedSize,
    fingerprint: `crc32-${hex(entry.crc32)}-${uncompressedSize}`,
    read: async () => {
      try {
        const bytes = await unpack(Number.POSITIVE_INFINITY);
        const found = crc32(bytes);
        if (found !== entry.crc32) throw new Error(`expected CRC-32 ${hex(entry.crc32)}, found ${hex(found)}`);
        return bytes;
      } catch (cause) {
        throw damagedEntry(location, cause as Error);
      }
    },
    readHead: async (bytes) => {
      try {
        return await unpack(bytes);
      } catch (cause) {
        throw damagedEntry(location, cause as Error);
      }
    },
  };
}

const hex = (value: number) => value.toString(16).padStart(8, '0');

function damagedEntry(location: string, cause: Error) {
  return dataError('damaged-zip-entry', `Cannot read ${location}: ${cause.message}.`, {
    hint: 'The zip is damaged: fetch it again.',
    cause,
  });
}
