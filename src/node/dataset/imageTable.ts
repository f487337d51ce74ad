import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { ImageSizeCount } from '../../data/audit/audit.js';
import { dataError } from '../../errors.js';
import { hexadecimal } from '../files/contentMark.js';
import { writeFileWhole } from '../files/writeFile.js';

/** Raised whenever the same images would give other pixels, or a file's layout changes. */
export const cacheFormat = 4;

/** Why an image can't be had: there is none, its file can't be read (which may pass), or its bytes can't be decoded. */
export interface ImageFailure {
  readonly imageId: string;
  readonly reason: string;
  readonly stage: 'missing' | 'read' | 'decode';
}

/** What one look at all images of a dataset found out, in columns: one place an image. */
export interface ImageTable {
  readonly imageIds: readonly string[];
  /** CRC-32 of the encoded files; 0 where a file couldn't be read. */
  readonly checksums: Uint32Array;
  /** Pixels, upright; 0 where the image can't be had. */
  readonly widths: Uint32Array;
  readonly heights: Uint32Array;
  /** By place. */
  readonly failures: ReadonlyMap<number, Omit<ImageFailure, 'imageId'>>;
}

/** A table to be filled. */
export const emptyTable = (imageIds: readonly string[]) => ({
  imageIds,
  checksums: new Uint32Array(imageIds.length),
  widths: new Uint32Array(imageIds.length),
  heights: new Uint32Array(imageIds.length),
  failures: new Map<number, Omit<ImageFailure, 'imageId'>>(),
});

/** Failures in the order of the images. */
export const failuresOf = ({ imageIds, failures }: ImageTable): ImageFailure[] =>
  [...failures].sort(([a], [b]) => a - b).map(([index, failure]) => ({ imageId: imageIds[index], ...failure }));

/** How many images there are of each size. */
export function sizesOf({ widths, heights }: ImageTable): ImageSizeCount[] {
  const counts = new Map<number, number>();
  for (let i = 0; i < widths.length; i++) {
    if (widths[i] === 0) continue;
    const key = widths[i] * 2 ** 20 + heights[i];
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, images]) => ({ width: Math.floor(key / 2 ** 20), height: key % 2 ** 20, images }));
}

/** Name of the contents of all files: 16 hexadecimal digits. @param checksumOf CRC-32; undefined where the file can't be had */
export function contentKey(count: number, checksumOf: (index: number) => number | undefined): string {
  const checksums = new Float64Array(count);
  for (let i = 0; i < count; i++) checksums[i] = checksumOf(i) ?? -1;
  return createHash('sha256').update(new Uint8Array(checksums.buffer)).digest('hex').slice(0, 16);
}

const title = `lesionlab images, ${cacheFormat}`;

/**
 * Writes a table whole, as text: a line an image (CRC-32, width, height, id, and stage and reason of a failure), the CRC-32 of them all at the end.
 * @throws LesionlabError kind `run` where it can't be written
 */
export async function writeImageTable(path: string, table: ImageTable): Promise<void> {
  const { imageIds, checksums, widths, heights, failures } = table;
  const lines = imageIds.map((imageId, i) => {
    const failure = failures.get(i);
    const rest = failure ? `\t${failure.stage}\t${JSON.stringify(failure.reason)}` : '';
    return `${hexadecimal(checksums[i])}\t${widths[i]}\t${heights[i]}\t${JSON.stringify(imageId)}${rest}\n`;
  });
  const text = `${title}\n${imageIds.length}\n${lines.join('')}`;
  await writeFileWhole(path, `${text}${hexadecimal(crc32(text))}\n`);
}

/** @throws LesionlabError kind `data` where the file is not whole or of another version */
export async function readImageTable(path: string): Promise<ImageTable> {
  try {
    return parseTable(await readFile(path, 'utf8'));
  } catch (cause) {
    throw dataError('prepared-images', `Cannot use what is known of images in ${path}: ${(cause as Error).message}`, {
      hint: 'Delete the file; it is made again from the images.',
      cause,
    });
  }
}

function parseTable(text: string): ImageTable {
  const end = text.lastIndexOf('\n', text.length - 2) + 1;
  const body = text.slice(0, end);
  if (!body.startsWith(`${title}\n`)) throw new Error('it is none of this version');
  if (text.slice(end) !== `${hexadecimal(crc32(body))}\n`) throw new Error('its checksum is wrong');
  const lines = body.split('\n');
  const count = Number(lines[1]);
  const imageIds = new Array<string>(count);
  const table = emptyTable(imageIds);
  for (let i = 0; i < count; i++) {
    const [checksum, width, height, imageId, stage, reason] = lines[i + 2].split('\t');
    table.checksums[i] = Number.parseInt(checksum, 16);
    table.widths[i] = Number(width);
    table.heights[i] = Number(height);
    imageIds[i] = JSON.parse(imageId);
    if (stage) table.failures.set(i, { stage: stage as ImageFailure['stage'], reason: JSON.parse(reason) });
  }
  return table;
}
