import { unzlibSync } from 'fflate';
import type { Compression } from './tiffDirectory.js';

/**
 * Unpacks a piece of a picture to exactly `length` bytes: what a piece claims beyond them is never made.
 * @throws Error where it holds less, or is damaged
 */
export function unpack(packed: Uint8Array, compression: Compression, length: number): Uint8Array {
  const unpacked = unpackers[compression](packed, length);
  if (unpacked.length < length) throw new Error(`a piece has ${unpacked.length} bytes of ${length}`);
  return unpacked;
}

const unpackers: Readonly<Record<Compression, (packed: Uint8Array, length: number) => Uint8Array>> = {
  none: (packed, length) => packed.subarray(0, length),
  deflate: (packed, length) => unzlibSync(packed, { out: new Uint8Array(length) }),
  packbits: unpackBits,
  lzw: unpackLzw,
};

/** Source: TIFF 6.0, section 9. */
function unpackBits(packed: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  let to = 0;
  for (let at = 0; at < packed.length && to < length; ) {
    const head = packed[at++];
    if (head < 128) {
      const literal = packed.subarray(at, at + Math.min(head + 1, length - to));
      out.set(literal, to);
      to += literal.length;
      at += head + 1;
    } else if (head > 128 && at < packed.length) {
      const end = Math.min(length, to + 257 - head);
      out.fill(packed[at++], to, end);
      to = end;
    }
  }
  return out.subarray(0, to);
}

const clear = 256;
const endOfInformation = 257;
const mostCodes = 4096;

/** Source: TIFF 6.0, section 13: codes of 9 to 12 bits, the highest bit first, a bit longer one code early. */
function unpackLzw(packed: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  // A string is the one before it and a byte; where it was last written, it is read again.
  const starts = new Int32Array(mostCodes);
  const lengths = new Int32Array(mostCodes);
  let codes = endOfInformation + 1;
  let width = 9;
  let previous = -1;
  let to = 0;
  let held = 0;
  let bits = 0;
  for (let at = 0; to < length; ) {
    while (bits < width) {
      if (at >= packed.length) return out.subarray(0, to);
      held = ((held << 8) | packed[at++]) & 0xffffff;
      bits += 8;
    }
    bits -= width;
    const code = (held >> bits) & ((1 << width) - 1);
    if (code === endOfInformation) break;
    if (code === clear) {
      codes = endOfInformation + 1;
      width = 9;
      previous = -1;
      continue;
    }
    if (code > codes || (code === codes && previous < 0) || (previous < 0 && code > 255))
      throw new Error('its codes (LZW) are damaged');
    const start = to;
    if (code < clear) out[to++] = code;
    else {
      // The code that is being made is the string before and its own first byte.
      const from = code === codes ? previous : starts[code];
      const size = code === codes ? start - previous + 1 : lengths[code];
      for (let i = 0; i < size && to < length; i++) out[to++] = out[from + i];
    }
    if (previous >= 0 && codes < mostCodes) {
      starts[codes] = previous;
      lengths[codes] = start - previous + 1;
      codes++;
    }
    previous = start;
    if (codes >= (1 << width) - 1 && width < 12) width++;
  }
  return out.subarray(0, to);
}
