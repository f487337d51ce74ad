import type { StoredFile } from '../storedFile.js';

// Node and browsers both have it; the core compiles without the types of either.
declare class TextDecoder {
  constructor(label: string, options?: { fatal?: boolean });
  decode(bytes: Uint8Array): string;
}

/** Bytes that are read at a time. */
const usualBytes = 1 << 23;
const [quote, newline, carriageReturn] = [34, 10, 13];
const byteOrderMark = [0xef, 0xbb, 0xbf];

/** A file is no text in UTF-8. */
export class NotUtf8 extends Error {}

/**
 * The text of a long table in UTF-8 in pieces that end where its rows do, so that hundreds of megabytes are never in memory at once.
 * @param delimiterOf what stands between two cells, by the beginning of the text
 * @returns undefined for a short file, and where parts of a file can't be read @throws NotUtf8 in between
 */
export function rowPieces(
  file: Pick<StoredFile, 'byteLength' | 'readRange'>,
  delimiterOf: (head: string) => string,
  size: number = usualBytes,
): AsyncGenerator<string> | undefined {
  const { byteLength } = file;
  if (!file.readRange || byteLength <= size) return undefined;
  return readPieces((start) => file.readRange!(start, Math.min(size, byteLength - start)), delimiterOf, {
    size,
    byteLength,
  });
}

async function* readPieces(
  readFrom: (start: number) => Promise<Uint8Array>,
  delimiterOf: (head: string) => string,
  { size, byteLength }: { readonly size: number; readonly byteLength: number },
): AsyncGenerator<string> {
  let rest: Uint8Array = new Uint8Array(0);
  let delimiter: string | undefined;
  for (let start = 0; start < byteLength; start += size) {
    const bytes = joined(rest, await readFrom(start));
    const isLast = start + size >= byteLength;
    if (bytes.includes(0)) throw new NotUtf8();
    const firstRow = delimiter === undefined ? bytes.lastIndexOf(newline) + 1 : 0;
    if (firstRow > 0) delimiter = delimiterOf(decode(bytes.subarray(0, firstRow)));
    const end = isLast ? bytes.length : delimiter === undefined ? 0 : lastRowEnd(bytes, delimiter);
    if (end > 0) yield decode(bytes.subarray(0, end));
    rest = bytes.slice(end);
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new NotUtf8('', { cause });
  }
}

/** Behind the last line end that is in no quoted cell, where bytes begin with a row; 0 where there is none. */
function lastRowEnd(bytes: Uint8Array, delimiter: string): number {
  const before = delimiter.charCodeAt(delimiter.length - 1);
  // Where a cell begins without a separator before it: what follows a closing quote counts as one.
  let begin = byteOrderMark.every((byte, i) => bytes[i] === byte) ? byteOrderMark.length : 0;
  let outside = 0;
  let from = 0;
  let end = 0;
  for (;;) {
    const open = bytes.indexOf(quote, from);
    const last = bytes.subarray(outside, open < 0 ? bytes.length : open).lastIndexOf(newline);
    if (last >= 0) end = outside + last + 1;
    if (open < 0) return end;
    const byte = open === 0 ? newline : bytes[open - 1];
    if (open !== begin && byte !== before && byte !== newline && byte !== carriageReturn) {
      from = open + 1;
      continue;
    }
    let close = bytes.indexOf(quote, open + 1);
    while (close >= 0 && bytes[close + 1] === quote) close = bytes.indexOf(quote, close + 2);
    // What is quoted may go on in what wasn't read yet, as may a doubled quote.
    if (close < 0 || close === bytes.length - 1) return end;
    outside = close + 1;
    from = close + 1;
    begin = close + 2;
  }
}
