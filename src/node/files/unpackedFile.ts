import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { hexadecimal } from './contentMark.js';

/** What is unpacked, and what it has to come to. */
export interface PackedFile {
  /** Packed bytes in order, a block at a time. */
  blocks(): AsyncIterable<Uint8Array>;
  readonly deflated: boolean;
  readonly byteLength: number;
  readonly checksum: number;
}

/**
 * Unpacks a file that is too large for the memory to a temporary one, which is gone once it is closed: deflated data has no places to begin in the middle.
 * @throws Error where it isn't what its checksum says, or there is no room
 */
export async function unpackFile({ blocks, deflated, byteLength, checksum }: PackedFile): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'lesionlab-'));
  try {
    const file = await open(join(folder, 'unpacked'), 'w+');
    try {
      const packed = Readable.from(blocks());
      let [length, found] = [0, 0];
      for await (const block of deflated ? packed.pipe(createInflateRaw()) : packed) {
        // More than it claims is never written.
        if (length + block.length > byteLength) throw new Error(`expected ${byteLength} bytes, found more`);
        await file.write(block, 0, block.length, length);
        found = crc32(block, found);
        length += block.length;
      }
      if (length !== byteLength) throw new Error(`expected ${byteLength} bytes, found ${length}`);
      if (found !== checksum) throw new Error(`expected CRC-32 ${hexadecimal(checksum)}, found ${hexadecimal(found)}`);
      return file;
    } catch (error) {
      await file.close();
      throw error;
    }
  } finally {
    // What is open stays readable without its name.
    await rm(folder, { recursive: true, force: true });
  }
}
