import { describe, expect, it } from 'vitest';
import { readStoredZip } from '../../../src/models/weights/storedZip.js';

interface ZipOptions {
  /** Sizes, offsets and counts in the 64-bit fields. */
  readonly zip64?: boolean;
  /** Padding in the local header, by which PyTorch aligns data to 64 bytes. */
  readonly padding?: number;
  readonly method?: number;
  readonly flags?: number;
  readonly comment?: number;
  /** Put elsewhere than the file has it. */
  readonly offset?: number;
}

const u16 = (...values: number[]) => values.flatMap((value) => [value & 255, value >> 8]);
const u32 = (...values: number[]) => values.flatMap((value) => [...new Uint8Array(Uint32Array.of(value).buffer)]);
const u64 = (...values: number[]) => values.flatMap((value) => [...u32(value), 0, 0, 0, 0]);
const text = (name: string) => [...new TextEncoder().encode(name)];
const full = 0xffffffff;

function writeZip(files: Record<string, number[]>, options: ZipOptions = {}): Uint8Array {
  const { zip64 = false, padding = 0, method = 0, flags = 0x808, comment = 0 } = options;
  const bytes: number[] = [];
  const directory: number[] = [];
  for (const [name, data] of Object.entries(files)) {
    const offset = options.offset ?? bytes.length;
    // Sizes are 0 in the local header, as when they follow the data.
    bytes.push(
      ...u32(0x04034b50),
      ...u16(20, flags, method, 0, 0),
      ...u32(0, 0, 0),
      ...u16(text(name).length, padding),
    );
    bytes.push(...text(name), ...Array(padding).fill(0x5a), ...data);
    const other = [...u16(0x5a46, 2), 0, 0];
    const extra = zip64 ? [...other, ...u16(1, 24), ...u64(data.length, data.length, offset)] : other;
    const sizes = zip64 ? [full, full] : [data.length, data.length];
    directory.push(...u32(0x02014b50), ...u16(20, 20, flags, method, 0, 0), ...u32(0, ...sizes));
    directory.push(
      ...u16(text(name).length, extra.length, 0, 0, 0),
      ...u32(0, zip64 ? full : offset),
      ...text(name),
      ...extra,
    );
  }
  const [begin, count] = [bytes.length, Object.keys(files).length];
  bytes.push(...directory);
  if (zip64) {
    const record = bytes.length;
    bytes.push(
      ...u32(0x06064b50),
      ...u64(44),
      ...u16(45, 45),
      ...u32(0, 0),
      ...u64(count, count, directory.length, begin),
    );
    bytes.push(...u32(0x07064b50, 0), ...u64(record), ...u32(1));
  }
  bytes.push(...u32(0x06054b50), ...u16(0, 0, ...(zip64 ? [0xffff, 0xffff] : [count, count])));
  bytes.push(...u32(directory.length, zip64 ? full : begin), ...u16(comment), ...Array(comment).fill(0x50));
  return Uint8Array.from(bytes);
}

const read = (bytes: Uint8Array) =>
  Object.fromEntries(
    [...readStoredZip(bytes, (found) => new Error(`damaged: ${found}`))].map(([name, data]) => [name, [...data]]),
  );
const files = { 'ä/data.pkl': [1, 2, 3], 'ä/data/0': [4, 5, 6, 7], 'ä/empty': [] };

describe('readStoredZip', () => {
  it.each<[string, ZipOptions]>([
    ['as torch.save writes it', {}],
    ['with aligned data', { padding: 45 }],
    ['with 64-bit fields', { zip64: true, padding: 3 }],
    ['with a comment', { comment: 300 }],
  ])('%s', (_, options) => {
    expect(read(writeZip(files, options))).toEqual(files);
  });

  it.each<[string, ZipOptions, string]>([
    ['compression', { method: 8 }, 'compressed'],
    ['encryption', { flags: 1 }, 'encrypted'],
    ['an offset past the end', { offset: 100_000 }, 'is needed'],
    ['an offset to something else', { offset: 5 }, 'not where its zip directory says'],
  ])('refuses %s', (_, options, message) => {
    expect(() => read(writeZip(files, options))).toThrow(message);
  });

  it('every prefix is refused, and no damage in the directory goes unnoticed as a crash', () => {
    for (const zip64 of [false, true]) {
      const bytes = writeZip(files, { zip64 });
      for (let length = 0; length < bytes.length; length++) {
        expect(() => read(bytes.subarray(0, length))).toThrow('damaged: ');
      }
      for (let at = 0; at < bytes.length; at++) {
        const changed = bytes.slice();
        changed[at] ^= 0xff;
        try {
          read(changed);
        } catch (error) {
          expect((error as Error).message).toMatch(/^damaged: /);
        }
      }
    }
  });
});
