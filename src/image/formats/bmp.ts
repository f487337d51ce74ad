import { dataError } from '../../errors.js';
import type { DecodedPixels } from '../decodedPixels.js';
import { type ByteReader, readerOf } from '../header/byteReader.js';
import type { ImageHeader } from '../header/imageHeader.js';
import type { ImageFormat } from './imageFormat.js';

const compressions: Readonly<Record<number, string>> = {
  1: 'by run lengths',
  2: 'by run lengths',
  4: 'as JPEG',
  5: 'as PNG',
};
const withMasks = [3, 6];
/** Sizes of the header that was there first, which has 16 bits for width and height, and of those that came after it. */
const coreHeader = 12;
const laterHeaders = [16, 40, 52, 56, 64, 108, 124];

interface BmpLayout {
  readonly width: number;
  readonly height: number;
  readonly upwards: boolean;
  readonly bits: number;
  readonly compression: number;
  /** Where the palette, or what stands in its place, begins. */
  readonly behindHeader: number;
  readonly headerSize: number;
  readonly pixelsAt: number;
}

/** Windows' bitmaps: 1, 4 and 8 bits with a palette, 16, 24 and 32 bits. Source: Microsoft, Bitmap Storage (wingdi.h, BITMAPV5HEADER). */
export const bmp: ImageFormat = {
  name: 'BMP',
  endings: ['bmp', 'dib'],
  shownAs: 'image/bmp',
  readHeader(file) {
    if (file.text(0, 2) !== 'BM') return undefined;
    const layout = readLayout(file);
    return layout && { format: 'bmp', width: layout.width, height: layout.height, orientation: 1, inks: false };
  },
  decode: (bytes, header) => decodePixels(bytes, header),
};

/** @returns undefined for text that begins with the same two letters */
function readLayout(file: ByteReader): BmpLayout | undefined {
  const headerSize = file.u32(14, true);
  const core = headerSize === coreHeader;
  if (!core && !laterHeaders.includes(headerSize)) return undefined;
  const size = (at: number) => (core ? file.u16(at, true) : file.u32(at, true) | 0);
  const height = size(core ? 20 : 22);
  const bits = file.u16(core ? 24 : 28, true);
  const compression = core || headerSize === 16 ? 0 : file.u32(30, true);
  if (
    ![1, 4, 8, 16, 24, 32].includes(bits) ||
    (compression !== 0 && !(withMasks.includes(compression) && bits >= 16))
  ) {
    const kind = compressions[compression] ? `compressed ${compressions[compression]}` : `with ${bits} bits a pixel`;
    throw dataError('image-kind', `The file is a BMP ${kind}, which not every decoder reads.`, {
      hint: 'Convert it to PNG with the program that made it.',
    });
  }
  return {
    width: size(18),
    height: Math.abs(height),
    upwards: height > 0,
    bits,
    compression,
    headerSize,
    behindHeader: 14 + headerSize,
    pixelsAt: file.u32(10, true),
  };
}

function decodePixels(bytes: Uint8Array, { width, height }: ImageHeader): DecodedPixels {
  const file = readerOf(bytes);
  const layout = readLayout(file)!;
  // Rows are filled up to 4 bytes.
  const stride = Math.ceil((width * layout.bits) / 32) * 4;
  const missing = layout.pixelsAt + stride * height - bytes.length;
  // Some programs leave out the last row's filling.
  if (!(missing <= 3)) throw new Error(`${missing} bytes of pixels are missing`);
  const masks = layout.bits === 16 || layout.bits === 32 ? readMasks(file, layout) : undefined;
  const palette = layout.bits <= 8 ? readPalette(bytes, layout) : undefined;
  const channels = masks?.alpha ? 4 : 3;
  const data = new Uint8Array(width * height * channels);
  let to = 0;
  for (let y = 0; y < height; y++) {
    const row = layout.pixelsAt + stride * (layout.upwards ? height - 1 - y : y);
    for (let x = 0; x < width; x++) {
      if (palette) {
        const bit = x * layout.bits;
        const shift = 8 - layout.bits - (bit % 8);
        const entry = ((bytes[row + (bit >> 3)] >> shift) & (2 ** layout.bits - 1)) * 3;
        for (let c = 0; c < 3; c++) data[to++] = palette[entry + c] ?? 0;
      } else if (masks) {
        const at = row + (x * layout.bits) / 8;
        const pixel = layout.bits === 16 ? file.u16(at, true) : file.u32(at, true);
        for (const part of masks.parts) data[to++] = part(pixel);
      } else {
        const at = row + x * 3;
        data[to++] = bytes[at + 2];
        data[to++] = bytes[at + 1];
        data[to++] = bytes[at];
      }
    }
  }
  return { width, height, channels, data: masks?.alpha ? opaqueIfEmpty(data) : data };
}

/** Blue, green, red as stored; a palette of the first header has no fourth byte. */
function readPalette(bytes: Uint8Array, { behindHeader, headerSize, bits, pixelsAt }: BmpLayout): Uint8Array {
  const size = headerSize === coreHeader ? 3 : 4;
  const entries = Math.min(2 ** bits, Math.floor((pixelsAt - behindHeader) / size));
  const palette = new Uint8Array(3 * Math.max(0, entries));
  for (let i = 0; i < palette.length / 3; i++)
    for (let c = 0; c < 3; c++) palette[i * 3 + c] = bytes[behindHeader + i * size + 2 - c];
  return palette;
}

interface Masks {
  readonly alpha: boolean;
  /** Red, green, blue and, if there is one, alpha of a pixel: 0 to 255. */
  readonly parts: readonly ((pixel: number) => number)[];
}

function readMasks(file: ByteReader, { bits, compression, headerSize }: BmpLayout): Masks {
  const usual = bits === 16 ? [0x7c00, 0x3e0, 0x1f, 0] : [0xff0000, 0xff00, 0xff, 0];
  // They stand at the same place, whether they are part of the header or behind the first of them.
  const own = withMasks.includes(compression);
  const alphaAt = headerSize >= 56 || compression === 6;
  const [red, green, blue, alpha] = own
    ? [0, 4, 8, 12].map((at) => (at === 12 && !alphaAt ? 0 : file.u32(54 + at, true)))
    : usual;
  return { alpha: alpha > 0, parts: [red, green, blue, ...(alpha > 0 ? [alpha] : [])].map(partOf) };
}

function partOf(mask: number): (pixel: number) => number {
  if (!(mask > 0)) return () => 0;
  let shift = 0;
  while ((Math.floor(mask / 2 ** shift) & 1) === 0) shift++;
  const most = Math.floor(mask / 2 ** shift);
  return (pixel) => Math.floor((((pixel & mask) >>> shift) * 255) / most + 0.5);
}

/** Programs that know of no transparency leave it at nothing throughout; everybody shows such pictures as opaque. */
function opaqueIfEmpty(rgba: Uint8Array): Uint8Array {
  for (let i = 3; i < rgba.length; i += 4) if (rgba[i] > 0) return rgba;
  for (let i = 3; i < rgba.length; i += 4) rgba[i] = 255;
  return rgba;
}
