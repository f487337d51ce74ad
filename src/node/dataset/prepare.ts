import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset, ImageRecord } from '../../data/dataset.js';
import { interruptedError, runError } from '../../errors.js';
import { type Fitting, fittingKey } from '../../image/fitImage.js';
import { type Progress, silentProgress } from '../../progress.js';
import { defaultCacheFolder } from '../files/cacheFolder.js';
import { writeJson } from '../files/writeFile.js';
import { createWorkerPool } from '../machine/workerPool.js';
import { workerUrl } from '../machine/workerUrl.js';
import {
  descriptionPath,
  openPreparedFile,
  type PreparedDescription,
  type PreparedFile,
  preparedFormat,
} from './preparedFile.js';
import type { PrepareRequest, PrepareResponse } from './prepareWorker.js';

export interface PrepareOptions {
  readonly dataset: Pick<Dataset, 'images'>;
  /** Images to prepare, in the order in which they get their index. */
  readonly records: readonly Pick<ImageRecord, 'imageId'>[];
  /** How they become squares; preprocessing says it. */
  readonly fitting: Fitting;
  /** Default: see `defaultCacheFolder`. */
  readonly cacheFolder?: string;
  /** Worker threads that decode and resize. */
  readonly threads: number;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export interface ImageFailure {
  readonly imageId: string;
  readonly reason: string;
}

export interface PrepareResult {
  readonly images: PreparedFile;
  /** The cache file; `openPreparedFile` opens it again, in other threads too. */
  readonly file: string;
  /** Images that are missing or unreadable, in the order of the records; their pixels are zero. */
  readonly failures: readonly ImageFailure[];
  /** Whether the images had been prepared before. */
  readonly reused: boolean;
}

type Failure = PreparedDescription['failures'][number];
type FilledFile = Pick<PreparedDescription, 'checksums' | 'failures'>;

/**
 * Decodes and resizes every image once into one uint8 file in the cache folder. The file's name is a hash over the images'
 * fingerprints and the preprocessing, so that the same images are found again whatever folder they come from. Nothing
 * is left behind when it is interrupted.
 * @throws LesionlabError kind `run` where the cache folder is full or can't be written; kind `interrupted`
 */
export async function prepareImages(options: PrepareOptions): Promise<PrepareResult> {
  const { fitting, records, cacheFolder = defaultCacheFolder(), progress = silentProgress } = options;
  const { imageSize, fit, resize, resizeTo, padFill } = fitting;
  const path = join(cacheFolder, `${cacheKey(options)}.u8`);
  const known = openComplete(path);
  if (known) return { images: known, file: path, failures: withoutStage(known.description.failures), reused: true };

  const bytes = records.length * imageSize * imageSize * 3;
  await makeRoom(cacheFolder, bytes);
  const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  const file = await open(temporary, 'wx').catch((cause) => {
    throw cannotWrite(cacheFolder, cause);
  });
  let filled: FilledFile;
  let renamed = false;
  try {
    const task = progress.start('Preparing images', records.length);
    try {
      await file.truncate(bytes); // images that fail stay zero
      filled = await fillFile(file, options, (done) => task.update(done));
      await file.sync();
    } finally {
      task.end();
      await file.close();
    }
    await rename(temporary, path);
    renamed = true;
    await writeJson(descriptionPath(path), {
      format: preparedFormat,
      imageSize,
      fit,
      resize,
      resizeTo,
      padFill: padFill && [...padFill],
      imageIds: records.map(({ imageId }) => imageId),
      ...filled,
    } satisfies PreparedDescription);
  } catch (error) {
    await rm(renamed ? path : temporary, { force: true });
    throw (error as NodeJS.ErrnoException).syscall ? cannotWrite(cacheFolder, error as Error) : error;
  }
  return { images: openPreparedFile(path), file: path, failures: withoutStage(filled.failures), reused: false };
}

function cacheKey({ dataset, records, fitting }: PrepareOptions): string {
  const { fit, imageSize } = fitting;
  // What was prepared before there was more to choose keeps its name.
  const more = fittingKey(fitting).split(' ').slice(2);
  const hash = createHash('sha256').update(JSON.stringify([preparedFormat, fit, imageSize, ...more]));
  for (const { imageId } of records)
    hash.update(JSON.stringify([imageId, dataset.images.has(imageId) ? dataset.images.fingerprint(imageId) : null]));
  return hash.digest('hex').slice(0, 32);
}

/** A file that was only read in part is not made again for nothing: reading errors may have passed since. */
function openComplete(path: string): PreparedFile | undefined {
  if (!existsSync(path) || !existsSync(descriptionPath(path))) return undefined;
  try {
    const images = openPreparedFile(path);
    if (!images.description.failures.some(({ stage }) => stage === 'read')) return images;
    images.close();
  } catch {
    // Damaged or of another version: it is made again.
  }
  return undefined;
}

const withoutStage = (failures: readonly Failure[]): ImageFailure[] =>
  failures.map(({ imageId, reason }) => ({ imageId, reason }));

async function makeRoom(folder: string, bytes: number): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await removeOrphans(folder);
  } catch (cause) {
    throw cannotWrite(folder, cause as Error);
  }
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const needed = bytes + 16 * 2 ** 20;
  if (free < needed) {
    const mebibytes = (n: number) => `${Math.ceil(n / 2 ** 20).toLocaleString('en')} MiB`;
    throw runError(
      'disk-full',
      `The prepared images need ${mebibytes(needed)} in ${folder}, where ${mebibytes(free)} are free.`,
      { hint: 'Make room there, or name a folder on another disk in the environment variable LESIONLAB_CACHE.' },
    );
  }
}

const day = 24 * 60 * 60 * 1000;

/** Temporary files of processes that were killed: nobody has written to them for a day. */
async function removeOrphans(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!/\.u8\.[0-9a-f]+\.tmp$/.test(name)) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined); // Another process may have just finished it.
    if (found && Date.now() - found.mtimeMs > day) await rm(path, { force: true });
  }
}

function cannotWrite(folder: string, cause: Error): Error {
  return runError('cache-not-writable', `Cannot write prepared images to ${folder}: ${cause.message}`, {
    hint: 'Name a folder that you may write to in the environment variable LESIONLAB_CACHE.',
    cause,
  });
}

/** Several images are under way at a time (two for each worker: one is decoded while the other is read). */
async function fillFile(
  file: FileHandle,
  { dataset, records, fitting, threads, signal }: PrepareOptions,
  report: (done: number) => void,
): Promise<FilledFile> {
  const checksums: string[] = new Array(records.length).fill('');
  const failed: (Failure | undefined)[] = new Array(records.length);
  const stride = fitting.imageSize ** 2 * 3;
  const workers = Math.max(1, Math.min(threads, Math.ceil(records.length / 8)));
  const pool = createWorkerPool<PrepareRequest, PrepareResponse>(workerUrl('dataset/prepareWorker'), workers);
  let next = 0;
  let done = 0;
  const prepareNext = async (): Promise<void> => {
    while (next < records.length) {
      if (signal?.aborted) throw interruptedError('Interrupted while images were prepared; nothing was kept of them.');
      const index = next++;
      const { imageId } = records[index];
      const read = await readImage(dataset, imageId);
      if ('reason' in read) failed[index] = { imageId, ...read };
      else {
        const { bytes } = read;
        const response = await pool.run({ bytes, fitting }, [bytes.buffer]);
        if ('pixels' in response) {
          await writeAll(file, response.pixels, index * stride);
          checksums[index] = response.checksum;
        } else failed[index] = { imageId, reason: response.reason, stage: 'decode' };
      }
      report(++done);
    }
  };
  const stopOthers = (error: unknown) => {
    next = records.length;
    throw error;
  };
  // All of them settle before the file is closed, also where one has failed.
  const ends = await Promise.allSettled(Array.from({ length: workers * 2 }, () => prepareNext().catch(stopOthers)));
  await pool.close();
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return { checksums, failures: failed.filter((failure) => failure !== undefined) };
}

/** The encoded file in memory of its own, or why it can't be had. */
async function readImage(
  { images }: PrepareOptions['dataset'],
  imageId: string,
): Promise<{ bytes: Uint8Array<ArrayBuffer> } | Omit<Failure, 'imageId'>> {
  if (!images.has(imageId)) return { reason: 'there is no image file of this name', stage: 'missing' };
  try {
    return { bytes: Uint8Array.from(await images.read(imageId)) };
  } catch (error) {
    return { reason: `the file can't be read (${(error as Error).message})`, stage: 'read' };
  }
}

async function writeAll(file: FileHandle, pixels: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < pixels.length)
    done += (await file.write(pixels, done, pixels.length - done, position + done)).bytesWritten;
}
