import type { StoredFile } from '../storedFile.js';

/** Images of one size that lie as pixels in one file, none of them a file of its own. */
export interface PixelRows {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** Pixels of an image, row by row, channels side by side: [height, width, channels]. */
  pixels(row: number): Promise<Uint8Array>;
}

/**
 * Images as files that are made when they are read: BMP, which loses nothing and costs no compression.
 * @param of the file that they lie in, for messages and fingerprints @param idOf the name of each, by its row
 */
export function filesOfPixels(
  rows: PixelRows,
  of: StoredFile,
  count: number,
  idOf: (row: number) => string,
): Map<string, StoredFile> {
  const { byteLength } = bmpLayout(rows);
  const files = new Map<string, StoredFile>();
  for (let row = 0; row < count; row++) {
    const read = async () => encodeBmp(rows, await rows.pixels(row));
    files.set(idOf(row), {
      folders: of.folders,
      name: `${idOf(row)}.bmp`,
      location: `${of.location}, image ${row} (counted from 0)`,
      archive: of.archive,
      byteLength,
      fingerprint: `row-${row}-of-${of.fingerprint}`,
      read,
      readHead: async (bytes) => (await read()).subarray(0, bytes),
    });
  }
  return files;
}

const headerBytes = 54;

function bmpLayout({ width, height }: Pick<PixelRows, 'width' | 'height'>) {
  // Rows are filled up to four bytes.
  const stride = Math.ceil((width * 3) / 4) * 4;
  return { stride, byteLength: headerBytes + stride * height };
}

/** 24 bits a pixel without compression: bottom row first, blue before green before red (Microsoft's BITMAPINFOHEADER). */
function encodeBmp(rows: Pick<PixelRows, 'width' | 'height' | 'channels'>, pixels: Uint8Array): Uint8Array {
  const { width, height, channels } = rows;
  const { stride, byteLength } = bmpLayout(rows);
  const bytes = new Uint8Array(byteLength);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0x4d42, true); // BM
  view.setUint32(2, byteLength, true);
  view.setUint32(10, headerBytes, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  view.setUint32(34, byteLength - headerBytes, true);
  for (let y = 0; y < height; y++) {
    let to = headerBytes + (height - 1 - y) * stride;
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * channels;
      for (let channel = 2; channel >= 0; channel--) bytes[to++] = pixels[from + (channels === 3 ? channel : 0)];
    }
  }
  return bytes;
}
