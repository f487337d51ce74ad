import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import type { StoredFile } from '../data/storedFile.js';
import { dataError } from '../errors.js';
import type { FolderFile } from './folderFiles.js';

/** A zip that stays open, so that its files can be read at random without unpacking. */
export interface ZipArchive {
  readonly files: readonly StoredFile[];
  close(): Promise<void>;
}

/**
 * Opens a zip and lists its files from the central directory, with their CRC-32 as fingerprints.
 * @throws LesionlabError kind `data` where it is no zip or was cut off
 */
export async function openZip(archive: FolderFile): Promise<ZipArchive> {
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(archive.path, { autoClose: false });
    const files: StoredFile[] = [];
    for await (const entry of zip.eachEntry()) {
      const file = zippedFile(archive, zip, entry);
      if (file) files.push(file);
    }
    const opened = zip;
    return { files, close: async () => opened.close() };
  } catch (cause) {
    zip?.close();
    throw dataError(
      'unreadable-zip',
      `${archive.location} is no complete zip (${archive.byteLength} bytes): ${(cause as Error).message}`,
      { hint: 'The download was probably interrupted: fetch this file again.', cause },
    );
  }
}

function zippedFile(archive: FolderFile, zip: ZipFile, entry: Entry): StoredFile | undefined {
  const parts = entry.fileName.split('/');
  const name = parts.pop()!;
  // Folders have entries of their own, which end in a slash; macOS adds a shadow of every file.
  if (name === '' || name.startsWith('.') || parts.includes('__MACOSX')) return undefined;
  const location = `${archive.location}: ${entry.fileName}`;

  const read = async (limit: number): Promise<Uint8Array> => {
    try {
      const stream = await zip.openReadStreamPromise(entry);
      const chunks: Uint8Array[] = [];
      let length = 0;
      for await (const chunk of stream as AsyncIterable<Uint8Array>) {
        chunks.push(chunk);
        length += chunk.length;
        if (length >= limit) break;
      }
      return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
    } catch (cause) {
      throw damagedEntry(location, (cause as Error).message, cause);
    }
  };

  return {
    folders: [...archive.folders, ...parts],
    name,
    location,
    byteLength: entry.uncompressedSize,
    fingerprint: `crc32-${entry.crc32.toString(16).padStart(8, '0')}-${entry.uncompressedSize}`,
    read: async () => {
      const bytes = await read(Number.POSITIVE_INFINITY);
      const found = crc32(bytes);
      if (found !== entry.crc32) {
        throw damagedEntry(location, `expected CRC-32 ${hex(entry.crc32)}, found ${hex(found)}`);
      }
      return bytes;
    },
    readHead: (bytes) => read(bytes),
  };
}

const hex = (value: number) => value.toString(16).padStart(8, '0');

function damagedEntry(location: string, reason: string, cause?: unknown) {
  return dataError('damaged-zip-entry', `Cannot read ${location}: ${reason}.`, {
    hint: 'The zip is damaged: fetch it again.',
    cause,
  });
}
