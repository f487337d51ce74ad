import {
  BlobReader,
  configure,
  type FileEntry,
  Uint8ArrayWriter,
  ZipReader,
} from '@zip.js/zip.js/lib/zip-core-native.js';
import { zipEntryName } from '../../../src/data/reading/decodeText.js';
import { requireHonestSize, ZipListing } from '../../../src/data/reading/zipEntries.js';
import { type StoredFile, splitPath } from '../../../src/data/storedFile.js';
import { dataError, LesionlabError } from '../../../src/errors.js';
import type { LooseFile } from './looseFiles.js';

// Called in a worker already.
configure({ useWebWorkers: false, useCompressionStream: true });

/** Names are judged by the same rules as elsewhere. */
const ownRules = { filenameValidation: 'tolerant' } as const;
/** Files of a zip that are listed at a time. */
const listedAtATime = 2000;

/**
 * Lists a zip's files from its central directory. Each is read by its place in the zip when it is asked for, never the zip as a whole.
 * @param report hears now and then how many are listed, and may end it by throwing
 * @throws LesionlabError kind `data` where it is no zip, was cut off, or has entries that no honest one has
 */
export async function listZip(
  archive: LooseFile,
  report?: (done: number, total: number) => Promise<void>,
): Promise<StoredFile[]> {
  const files: StoredFile[] = [];
  const listing = new ZipListing(archive.location, archive.byteLength);
  let [listed, total] = [0, 0];
  const onprogress = async (_: number, all: number) => {
    total = all;
  };
  try {
    for await (const entry of new ZipReader(new BlobReader(archive.file), ownRules).getEntriesGenerator({
      onprogress,
    })) {
      if (++listed % listedAtATime === 0) await report?.(listed, total);
      const path = zipEntryName(entry.rawFilename, () => entry.filename);
      listing.add({ path, packed: entry.compressedSize, unpacked: entry.uncompressedSize });
      if (entry.directory) continue;
      const file = zippedFile(archive, entry, path);
      if (file) files.push(file);
    }
  } catch (cause) {
    if (cause instanceof LesionlabError) throw cause;
    throw dataError(
      'unreadable-zip',
      `${archive.location} is no complete zip (${archive.byteLength} bytes): ${(cause as Error).message}`,
      { hint: 'The download was probably interrupted: fetch this file again.', cause },
    );
  }
  return files;
}

function zippedFile(archive: LooseFile, entry: FileEntry, path: string): StoredFile | undefined {
  const claim = { packed: entry.compressedSize, unpacked: entry.uncompressedSize };
  const inside = splitPath(path);
  if (!inside) return undefined;
  const location = `${archive.location}: ${path}`;
  const damaged = (cause: Error) =>
    dataError('damaged-zip-entry', `Cannot read ${location}: ${cause.message}.`, {
      hint: 'The zip is damaged: fetch it again.',
      cause,
    });
  let unpacking: Promise<Blob> | undefined;
  const read = async (): Promise<Uint8Array> => {
    try {
      requireHonestSize(claim, true);
      return await entry.getData(new Uint8ArrayWriter(), { checkSignature: true });
    } catch (cause) {
      throw damaged(cause as Error);
    }
  };
  return {
    folders: [...archive.folders, ...inside.folders],
    name: inside.name,
    location,
    archive: archive.location,
    byteLength: entry.uncompressedSize,
    fingerprint: `crc32-${((entry.signature ?? 0) >>> 0).toString(16).padStart(8, '0')}-${entry.uncompressedSize}`,
    read,
    async readRange(start, bytes) {
      try {
        requireHonestSize(claim, false);
        unpacking ??= unpackToBlob(entry);
        return new Uint8Array(await (await unpacking).slice(start, start + bytes).arrayBuffer());
      } catch (cause) {
        throw damaged(cause as Error);
      }
    },
    async readHead(bytes) {
      if (entry.uncompressedSize <= bytes) return await read();
      const head = new HeadWriter(bytes);
      try {
        await entry.getData(head.stream, { signal: head.full });
      } catch (cause) {
        if (!head.full.aborted) throw damaged(cause as Error);
      }
      return head.bytes();
    },
  };
}

/** The browser keeps what is large on the disk; more than the entry claims is never unpacked. */
async function unpackToBlob(entry: FileEntry): Promise<Blob> {
  let length = 0;
  const limited = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, controller) {
      length += piece.length;
      if (length > entry.uncompressedSize) throw new Error(`expected ${entry.uncompressedSize} bytes, found more`);
      controller.enqueue(piece);
    },
  });
  const [blob] = await Promise.all([
    new Response(limited.readable as ReadableStream<Uint8Array<ArrayBuffer>>).blob(),
    entry.getData(limited.writable, { checkSignature: true }),
  ]);
  return blob;
}

/** Takes the beginning of a file and asks for no more. */
class HeadWriter {
  readonly #controller = new AbortController();
  readonly #pieces: Uint8Array[] = [];
  readonly stream: WritableStream<Uint8Array>;

  constructor(wanted: number) {
    let length = 0;
    this.stream = new WritableStream({
      write: (piece) => {
        this.#pieces.push(piece.slice());
        length += piece.length;
        if (length >= wanted) this.#controller.abort();
      },
    });
  }

  get full(): AbortSignal {
    return this.#controller.signal;
  }

  bytes(): Uint8Array {
    const all = new Uint8Array(this.#pieces.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const piece of this.#pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }
}
