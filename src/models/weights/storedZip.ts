import { ByteCursor } from './byteCursor.js';
import { fromUtf8 } from './utf8.js';

/** Signatures of the records (APPNOTE.TXT, sections 4.3.7 to 4.3.16). */
const localHeader = 0x04034b50;
const directoryHeader = 0x02014b50;
const endRecord = 0x06054b50;
const endLocator64 = 0x07064b50;
const endRecord64 = 0x06064b50;
/** "See the 64-bit field." */
const elsewhere = 0xffffffff;

/**
 * The entries of a zip whose entries are stored without compression, as torch.save writes them: names to views of the
 * bytes. Nothing is copied, so nothing can be inflated beyond the file's own size.
 * @throws what `damaged` makes, where the zip is truncated, inconsistent or compressed
 */
export function readStoredZip(bytes: Uint8Array, damaged: (found: string) => Error): Map<string, Uint8Array> {
  const { count, offset } = findDirectory(bytes, damaged);
  const cursor = new ByteCursor(bytes, offset, damaged);
  const entries = new Map<string, Uint8Array>();
  for (let i = 0; i < count; i++) {
    if (cursor.uint32() !== directoryHeader) throw damaged(`its zip directory is broken at entry ${i + 1} of ${count}`);
    cursor.skip(4);
    const flags = cursor.uint16();
    const method = cursor.uint16();
    cursor.skip(8);
    const sizes = { compressed: cursor.uint32(), size: cursor.uint32(), offset: 0 };
    const [nameLength, extraLength, commentLength] = [cursor.uint16(), cursor.uint16(), cursor.uint16()];
    cursor.skip(8);
    sizes.offset = cursor.uint32();
    const name = fromUtf8(cursor.take(nameLength));
    readSizes64(cursor.take(extraLength), sizes, damaged);
    cursor.skip(commentLength);
    if (flags & 1) throw damaged(`"${name}" in it is encrypted`);
    if (method !== 0 || sizes.compressed !== sizes.size) {
      throw damaged(`"${name}" in it is compressed, which torch.save never does`);
    }
    entries.set(name, locate(bytes, name, sizes, damaged));
  }
  return entries;
}

/** The bytes of one entry: after its local header, whose name and padding have their own lengths. */
function locate(
  bytes: Uint8Array,
  name: string,
  { offset, size }: { offset: number; size: number },
  damaged: (found: string) => Error,
): Uint8Array {
  const cursor = new ByteCursor(bytes, offset, damaged);
  if (cursor.uint32() !== localHeader) throw damaged(`"${name}" is not where its zip directory says`);
  cursor.skip(22);
  const [nameLength, extraLength] = [cursor.uint16(), cursor.uint16()];
  cursor.skip(nameLength + extraLength);
  return cursor.take(size);
}

/** Number of entries and where their directory begins, from the record at the end of the file. */
function findDirectory(bytes: Uint8Array, damaged: (found: string) => Error): { count: number; offset: number } {
  // The record has 22 bytes and a comment of up to 65,535.
  for (let at = bytes.length - 22; at >= Math.max(0, bytes.length - 22 - 65_535); at--) {
    if (bytes[at] !== 0x50) continue;
    const cursor = new ByteCursor(bytes, at, damaged);
    if (cursor.uint32() !== endRecord) continue;
    cursor.skip(6);
    const count = cursor.uint16();
    cursor.skip(4);
    const offset = cursor.uint32();
    if (count !== 0xffff && offset !== elsewhere) return { count, offset };
    const locator = new ByteCursor(bytes, at - 20, damaged);
    if (locator.uint32() !== endLocator64) throw damaged('its zip directory has no 64-bit locator');
    locator.skip(4);
    const record = new ByteCursor(bytes, locator.uint64(), damaged);
    if (record.uint32() !== endRecord64) throw damaged('its zip directory has no 64-bit end record');
    record.skip(28);
    const count64 = record.uint64();
    record.skip(8);
    return { count: count64, offset: record.uint64() };
  }
  throw damaged('the directory at the end of the zip is missing, so it is incomplete');
}

/** Replaces sizes that don't fit into 32 bits by those of the ZIP64 extra field (section 4.5.3). */
function readSizes64(
  extra: Uint8Array,
  sizes: { compressed: number; size: number; offset: number },
  damaged: (found: string) => Error,
): void {
  const cursor = new ByteCursor(extra, 0, damaged);
  while (cursor.at + 4 <= extra.length) {
    const id = cursor.uint16();
    const field = new ByteCursor(cursor.take(cursor.uint16()), 0, damaged);
    if (id !== 1) continue;
    if (sizes.size === elsewhere) sizes.size = field.uint64();
    if (sizes.compressed === elsewhere) sizes.compressed = field.uint64();
    if (sizes.offset === elsewhere) sizes.offset = field.uint64();
  }
}
