import { statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { interruptedError, LesionlabError } from '../../errors.js';
import type { Fitting } from '../../image/fitImage.js';
import { silentProgress } from '../../progress.js';
import { fitFile } from './fitFile.js';
import type { ImagePassOptions } from './imagePassOptions.js';
import { mendPreparedImage, type PreparedFile } from './preparedFile.js';

/** More damage than that, and the whole file is made again. */
const mostToMend = 64;

/** Files that this process has checked, by path, with what the file system said of them then. */
const checked = new Map<string, string>();

/**
 * Opens prepared images and compares the pixels of each with their checksum, once a process; what is damaged is made again from the images,
 * and said.
 * @param openFile opens the file
 * @returns undefined where the file can't be used or mended, and is to be made again
 */
export async function checkPrepared(
  openFile: () => PreparedFile,
  { dataset, progress = silentProgress, signal }: Pick<ImagePassOptions, 'dataset' | 'progress' | 'signal'>,
  fitting: Fitting,
): Promise<PreparedFile | undefined> {
  let file: PreparedFile | undefined;
  try {
    file = openFile();
    const state = stateOf(file.path);
    if (checked.get(file.path) === state) return file;
    const expected = file.pixelChecksums();
    const damaged = await findDamage(file, expected, signal);
    if (damaged.length > 0) {
      if (damaged.length > mostToMend || !(await mend(file, damaged, expected, dataset, fitting)))
        throw new Error('it is damaged');
      const which = damaged.length === 1 ? 'One prepared image' : `${damaged.length} prepared images`;
      progress.note(
        `${which} of ${file.imageIds.length} in ${file.path} had been damaged on disk, and ${damaged.length === 1 ? 'was' : 'were'} made again from the image files.`,
      );
    }
    checked.set(file.path, stateOf(file.path));
    return file;
  } catch (error) {
    file?.close();
    if (error instanceof LesionlabError && error.kind === 'interrupted') throw error;
    const { message } = error as Error;
    progress.note(`Prepared images are made again: ${message}${message.endsWith('.') ? '' : '.'}`);
    return undefined;
  }
}

function stateOf(path: string): string {
  const { size, mtimeMs, ino } = statSync(path);
  return `${size} ${mtimeMs} ${ino}`;
}

/** About 3 GB/s where the file is in memory. @returns places of images whose pixels are not those of their checksums */
async function findDamage(
  { path, imageSize, imageIds }: PreparedFile,
  expected: Uint32Array,
  signal: AbortSignal | undefined,
): Promise<number[]> {
  const damaged: number[] = [];
  const stride = imageSize * imageSize * 3;
  const atOnce = Math.max(1, Math.floor(2 ** 22 / stride));
  const file = await open(path);
  let reading: Promise<unknown> = Promise.resolve();
  try {
    // While one block is looked at, the next is read.
    const blocks = [Buffer.alloc(atOnce * stride), Buffer.alloc(atOnce * stride)];
    const read = (first: number) => file.read(blocks[(first / atOnce) % 2], 0, atOnce * stride, first * stride);
    let next = read(0);
    for (let first = 0; first < imageIds.length; first += atOnce) {
      if (signal?.aborted) throw interruptedError('Interrupted while prepared images were checked.');
      const { buffer } = await next;
      if (first + atOnce < imageIds.length) reading = next = read(first + atOnce);
      for (let i = first; i < Math.min(first + atOnce, imageIds.length); i++) {
        const at = (i - first) * stride;
        if (crc32(buffer.subarray(at, at + stride)) !== expected[i]) damaged.push(i);
      }
    }
  } finally {
    await reading.catch(() => {});
    await file.close();
  }
  return damaged;
}

/** @returns whether each image could be made as it was */
async function mend(
  file: PreparedFile,
  damaged: readonly number[],
  expected: Uint32Array,
  { images }: ImagePassOptions['dataset'],
  fitting: Fitting,
): Promise<boolean> {
  for (const index of damaged) {
    const imageId = file.imageIds[index];
    let square: Uint8Array = new Uint8Array(fitting.imageSize ** 2 * 3);
    if (file.checksum(imageId) !== '') {
      const bytes = await images.read(imageId).catch(() => undefined);
      const fitted = bytes && (await fitFile(bytes, [fitting]));
      if (!fitted || !('squares' in fitted)) return false;
      square = fitted.squares[0];
    }
    if (crc32(square) !== expected[index]) return false;
    mendPreparedImage(file, index, square);
  }
  return true;
}
