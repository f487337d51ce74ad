import { crc32, deflateSync } from 'node:zlib';

/** The number that stands at a place, in the PNG's own depth. */
export type Sample = (x: number, y: number, channel: number) => number;

/** Big-endian numbers of 2 or 4 bytes each. */
export const numbers = (bytes: 2 | 4, ...values: number[]) => {
  const buffer = Buffer.alloc(bytes * values.length);
  for (const [i, value] of values.entries()) buffer.writeUIntBE(value, bytes * i, bytes);
  return buffer;
};

export function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([numbers(4, data.length), body, numbers(4, crc32(body))]);
}

export const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

export interface PngOptions {
  readonly width: number;
  readonly height: number;
  /** Kind of pixel: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha. */
  readonly type: 0 | 2 | 3 | 4 | 6;
  readonly depth: 1 | 2 | 4 | 8 | 16;
  readonly sample: Sample;
  readonly before?: readonly Buffer[];
  readonly after?: readonly Buffer[];
  readonly interlaced?: boolean;
}

/** Any kind of PNG, written by hand: no encoder makes them all. */
export function writePng({
  width,
  height,
  type,
  depth,
  sample,
  before = [],
  after = [],
  interlaced = false,
}: PngOptions): Buffer {
  const header = Buffer.concat([numbers(4, width, height), Buffer.from([depth, type, 0, 0, interlaced ? 1 : 0])]);
  const passes = interlaced
    ? [
        [0, 0, 8, 8],
        [4, 0, 8, 8],
        [0, 4, 4, 8],
        [2, 0, 4, 4],
        [0, 2, 2, 4],
        [1, 0, 2, 2],
        [0, 1, 1, 2],
      ]
    : [[0, 0, 1, 1]];
  const channels = channelsOf[type];
  const rows: Buffer[] = [];
  for (const [left, top, across, down] of passes)
    for (let y = top; y < height; y += down) {
      const row = Buffer.alloc(1 + Math.ceil((Math.ceil((width - left) / across) * channels * depth) / 8));
      let bit = 8;
      for (let x = left; x < width; x += across)
        for (let c = 0; c < channels; c++, bit += depth) {
          if (depth === 16) row.writeUInt16BE(sample(x, y, c), bit >> 3);
          else row[bit >> 3] |= sample(x, y, c) << (8 - depth - (bit & 7));
        }
      rows.push(row);
    }
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    ...before,
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    ...after,
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
