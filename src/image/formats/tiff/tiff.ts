import type { DecodedPixels } from '../../decodedPixels.js';
import { readerOf } from '../../header/byteReader.js';
import type { ImageFormat } from '../imageFormat.js';
import { readTiffDirectory, type TiffDirectory } from './tiffDirectory.js';
import { unpack } from './unpack.js';

/**
 * TIFF of one picture: strips or tiles, uncompressed, LZW, deflate or PackBits, 1 to 16 bits, grey, RGB, palette or inks. Decoded here, since browsers don't, and
 * so that Node and the page have the same pixels. Source: TIFF 6.0 (Adobe, 1992) and its Technical Notes 1 and 2 of 1995 and 2002.
 */
export const tiff: ImageFormat = {
  name: 'TIFF',
  endings: ['tif', 'tiff'],
  readHeader(file) {
    const directory = readTiffDirectory(file);
    if (!directory) return undefined;
    const { width, height, orientation, colours } = directory;
    return { format: 'tiff', width, height, orientation, inks: colours === 'inks' };
  },
  decode: (bytes) => decodePixels(bytes, readTiffDirectory(readerOf(bytes))!),
};

function decodePixels(bytes: Uint8Array, directory: TiffDirectory): DecodedPixels {
  const { width, height, colours, extra, pieces } = directory;
  const across = Math.ceil(width / pieces.width);
  const perPlane = across * Math.ceil(height / pieces.height);
  const planes = directory.planes ? directory.samples : 1;
  if (!(perPlane > 0) || pieces.offsets.length < perPlane * planes)
    throw new Error(`it names ${pieces.offsets.length} of the ${perPlane * planes} pieces that it consists of`);
  const stored = colours === 'rgb' ? 3 : colours === 'inks' ? 4 : 1;
  const opacity = extra === 'opacity' && colours !== 'inks' && colours !== 'palette';
  const channels = (colours === 'palette' ? 3 : stored) + (opacity ? 1 : 0);
  const data = new Uint8Array(width * height * channels);
  for (let plane = 0; plane < planes; plane++) {
    // Where each stored sample goes; undefined for those that no pixel shows.
    const targets = Array.from({ length: directory.planes ? 1 : directory.samples }, (_, i) => {
      const sample = directory.planes ? plane : i;
      return sample < stored || (sample === stored && opacity) ? sample : undefined;
    });
    for (let n = 0; n < perPlane; n++) {
      const left = (n % across) * pieces.width;
      const top = Math.floor(n / across) * pieces.height;
      // Tiles are whole, also where they reach beyond the picture.
      const rows = pieces.tiled ? pieces.height : Math.min(pieces.height, height - top);
      const samples = readPiece(bytes, directory, plane * perPlane + n, rows, targets.length);
      const right = Math.min(pieces.width, width - left);
      for (let y = 0; y < Math.min(rows, height - top); y++) {
        let from = y * pieces.width * targets.length;
        let to = ((top + y) * width + left) * channels;
        for (let x = 0; x < right; x++, to += channels)
          for (const target of targets) {
            const value = samples[from++];
            if (target === undefined) continue;
            if (colours === 'palette') putEntry(data, to, directory.palette, value, directory.bits);
            else data[to + target] = colours === 'white is zero' && target === 0 ? 255 - value : value;
          }
      }
    }
  }
  return { width, height, channels, data, inks: colours === 'inks' };
}

function putEntry(data: Uint8Array, to: number, palette: readonly number[], index: number, bits: number): void {
  const entries = 1 << bits;
  for (let c = 0; c < 3; c++) data[to + c] = (palette[c * entries + index] ?? 0) >> 8;
}

/** A piece's samples as 8 bits each, row by row; of a palette, its numbers. */
function readPiece(
  bytes: Uint8Array,
  { bits, littleEndian, compression, differences, pieces, colours }: TiffDirectory,
  index: number,
  rows: number,
  samples: number,
): Uint8Array {
  const rowSamples = pieces.width * samples;
  const rowBytes = Math.ceil((rowSamples * bits) / 8);
  const offset = pieces.offsets[index];
  const length = pieces.lengths[index] ?? bytes.length - offset;
  if (offset + length > bytes.length) throw new Error('a piece lies beyond its end');
  const packed = bytes.subarray(offset, offset + length);
  let piece = unpack(packed, compression, rowBytes * rows);
  if (bits === 8) {
    if (!differences) return piece;
    piece = piece.slice();
    for (let row = 0; row < rows; row++)
      for (let i = row * rowBytes + samples; i < (row + 1) * rowBytes; i++) piece[i] += piece[i - samples];
    return piece;
  }
  const out = new Uint8Array(rowSamples * rows);
  if (bits === 16) {
    const [high, low] = littleEndian ? [1, 0] : [0, 1];
    for (let row = 0, to = 0; row < rows; row++) {
      const sums = new Uint16Array(samples);
      for (let i = 0; i < rowSamples; i++) {
        const at = row * rowBytes + i * 2;
        const value = (piece[at + high] << 8) | piece[at + low];
        const sample = i % samples;
        sums[sample] = differences ? sums[sample] + value : value;
        out[to++] = sums[sample] >> 8;
      }
    }
    return out;
  }
  const scale = colours === 'palette' ? 1 : 255 / (2 ** bits - 1);
  for (let row = 0, to = 0; row < rows; row++)
    for (let i = 0; i < rowSamples; i++) {
      const bit = i * bits;
      const value = (piece[row * rowBytes + (bit >> 3)] >> (8 - bits - (bit % 8))) & (2 ** bits - 1);
      out[to++] = value * scale;
    }
  return out;
}
