import { dataError } from '../../errors.js';

// Node and browsers both have it; the core compiles without the types of either.
declare class TextDecoder {
  constructor(label: string, options?: { fatal?: boolean });
  decode(bytes: Uint8Array, options?: { stream?: boolean }): string;
}

export interface DecodedText {
  /** Without a byte order mark. */
  readonly text: string;
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
}

const marks = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
] as const;

/**
 * Decodes a table's text: UTF-8, UTF-16 with a byte order mark, or Windows-1252 (which Latin-1 is part of), as spreadsheets save it. No
 * letter is ever replaced by a question mark.
 * @param file for messages @param part true for the beginning of a file, which may end within a character
 * @throws LesionlabError kind `data` where it is none of these
 */
export function decodeText(bytes: Uint8Array, file: string, part = false): DecodedText {
  const marked = marks.find(([, mark]) => mark.every((byte, i) => bytes[i] === byte));
  if (marked) {
    const [encoding, { length }] = marked;
    const text = tryDecode(encoding, bytes.subarray(length), part);
    if (text !== undefined) return { text, encoding };
    throw notText(file, `it says that it is ${encoding.toUpperCase()} and holds bytes that are not`);
  }
  if (bytes.includes(0)) throw notText(file, 'it holds bytes of zero, as binary files and UTF-16 without its mark do');
  const text = tryDecode('utf-8', bytes, part);
  if (text !== undefined) return { text, encoding: 'utf-8' };
  const odd = notWindows1252(bytes);
  if (odd) throw notText(file, odd);
  return { text: decodeWindows1252(bytes), encoding: 'windows-1252' };
}

/**
 * The name of a zip's entry: macOS writes UTF-8 without saying so, and readers take that for the letters of MS-DOS.
 * @param raw bytes of the name @param read what the reader of zips makes of them
 */
export const zipEntryName = (raw: Uint8Array, read: () => string): string => tryDecode('utf-8', raw, false) ?? read();

function tryDecode(encoding: string, bytes: Uint8Array, part: boolean): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: part });
  } catch {
    return undefined;
  }
}

/** Letters of the bytes from 0x80 to 0x9F; a dot for those without one. All others are those of Latin-1. */
const letters = '€.‚ƒ„…†‡ˆ‰Š‹Œ.Ž..‘’“”•–—˜™š›œ.žŸ';
const unassigned = new Set([...letters].flatMap((letter, i) => (letter === '.' ? [0x80 + i] : [])));

/** Not by TextDecoder: versions of Node take the name for Latin-1. */
function decodeWindows1252(bytes: Uint8Array): string {
  const letterOf = (byte: number) => (byte >= 0x80 && byte < 0xa0 ? letters[byte - 0x80] : String.fromCharCode(byte));
  return Array.from(bytes, letterOf).join('');
}

/** Why bytes that are not UTF-8 are not Windows-1252 either, as far as that can be told. */
function notWindows1252(bytes: Uint8Array): string | undefined {
  const strange = bytes.findIndex((byte) => unassigned.has(byte));
  if (strange >= 0)
    return `it is neither UTF-8 nor Windows-1252 (byte ${hex(bytes[strange])} in line ${lineOf(bytes, strange)})`;
  const broken = new TextDecoder('utf-8').decode(bytes);
  // Letters of Windows-1252 are no UTF-8, but for rare pairs: a file that has both was put together of two, or is damaged.
  const wellFormed = broken.match(/[\u0080-\uFFFC]/g)?.length ?? 0;
  const lines = broken.split('\n');
  const line = lines.findIndex((text) => text.includes('\uFFFD')) + 1;
  const bad = broken.match(/\uFFFD/g)?.length ?? 0;
  if (wellFormed > bad) return `it is UTF-8 but for line ${line}, where some bytes are not`;
  return undefined;
}

const hex = (byte: number) => `0x${byte.toString(16).toUpperCase()}`;
const lineOf = (bytes: Uint8Array, end: number) => bytes.subarray(0, end).filter((byte) => byte === 10).length + 1;

const notText = (file: string, why: string) =>
  dataError('unknown-encoding', `${file} cannot be read as text: ${why}.`, {
    hint: 'Save it as CSV in UTF-8.',
  });
