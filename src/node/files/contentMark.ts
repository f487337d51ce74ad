import { crc32 } from 'node:zlib';

/**
 * A mark of a file's content: its CRC-32 and size, as a zip knows them without being read; the fastest hash that Node has (5 GB/s), and the same for a
 * file in a zip and what it unpacks to.
 */
export const contentMark = (checksum: number, size: number): string => `crc32-${hexadecimal(checksum)}-${size}`;

/** The mark of bytes. */
export const markOf = (bytes: Uint8Array): string => contentMark(crc32(bytes), bytes.length);

/** The CRC-32 in a mark; undefined where a fingerprint says less than the content. */
export function checksumOfMark(fingerprint: string): number | undefined {
  return fingerprint.startsWith('crc32-') ? Number.parseInt(fingerprint.slice(6, 14), 16) : undefined;
}

/** A CRC-32 in 8 hexadecimal digits. */
export const hexadecimal = (checksum: number): string => checksum.toString(16).padStart(8, '0');
