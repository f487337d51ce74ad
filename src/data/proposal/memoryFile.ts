import type { StoredFile } from '../storedFile.js';

declare class TextEncoder {
  encode(text: string): Uint8Array;
}

/** A file of text at the root of the data that is nowhere but here. */
export function memoryFile(name: string, text: string): StoredFile {
  const bytes = new TextEncoder().encode(text);
  return {
    folders: [],
    name,
    location: name,
    byteLength: bytes.length,
    fingerprint: `memory-${bytes.length}`,
    read: async () => bytes,
    readHead: async (length) => bytes.subarray(0, length),
  };
}
