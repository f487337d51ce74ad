/** Numbers at a place in a file; reading behind its end gives NaN, which no comparison takes for a right value. */
export interface ByteReader {
  readonly length: number;
  u8(at: number): number;
  u16(at: number, littleEndian?: boolean): number;
  u24(at: number, littleEndian?: boolean): number;
  u32(at: number, littleEndian?: boolean): number;
  /** `length` bytes as Latin-1 text; fewer at the file's end. */
  text(at: number, length: number): string;
}

export function readerOf(bytes: Uint8Array): ByteReader {
  const number = (at: number, size: number, littleEndian: boolean): number => {
    let value = 0;
    for (let i = 0; i < size; i++)
      value = value * 256 + (bytes[littleEndian ? at + size - 1 - i : at + i] ?? Number.NaN);
    return value;
  };
  return {
    length: bytes.length,
    u8: (at) => number(at, 1, false),
    u16: (at, littleEndian = false) => number(at, 2, littleEndian),
    u24: (at, littleEndian = false) => number(at, 3, littleEndian),
    u32: (at, littleEndian = false) => number(at, 4, littleEndian),
    text: (at, length) => String.fromCharCode(...bytes.subarray(at, at + length)),
  };
}
