import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { addCounts } from '../../data/preparation/normalisation.js';
import { interruptedError, LesionlabError, runError } from '../../errors.js';
import type { Fitting } from '../../image/fitImage.js';
import type { Raster } from '../../image/raster.js';
import { silentProgress } from '../../progress.js';
import { cacheNotWritable } from '../files/cacheFolder.js';
import { temporarySuffix } from '../files/temporaryFiles.js';
import { createWorkerPool, type WorkerPool } from '../machine/workerPool.js';
import { workerUrl } from '../machine/workerUrl.js';
import type { FitRequest, FittedImage, FitWorkerData } from './fitWorker.js';
import type { CountedImages, ImagePassOptions } from './imagePassOptions.js';
import { emptyTable, type ImageFailure, type ImageTable, writeImageTable } from './imageTable.js';
import { fittingSuffix, preparedTrailer } from './preparedFile.js';

/** Images that were read, not yet under the name of their contents. */
export interface FilledImages {
  readonly table: ImageTable;
  readonly pictures: ReadonlyMap<string, Raster>;
  readonly counted?: CountedImages;
  /** Gives the files their names. @param base the beginning of their paths */
  keep(base: string): Promise<void>;
  /** Removes them. */
  discard(): Promise<void>;
}

/** A file of squares that is being written. */
interface Target {
  readonly fitting: Fitting;
  readonly path: string;
  readonly file: FileHandle;
  readonly stride: number;
  readonly checksums: Uint32Array;
}

/**
 * Reads every image once, and writes its squares of each size into files without a name yet.
 * @throws LesionlabError kind `run` where the cache folder is full or can't be written; kind `interrupted`
 */
export async function fillImages(
  options: ImagePassOptions,
  cacheFolder: string,
  fittings: readonly Fitting[],
): Promise<FilledImages> {
  const { records, progress = silentProgress } = options;
  await requireRoom(cacheFolder, records.length, fittings);
  const targets: Target[] = [];
  const discard = async () => {
    for (const { path, file } of targets) {
      await file.close().catch(() => {});
      await rm(path, { force: true }).catch(() => {});
    }
  };
  try {
    for (const fitting of fittings) targets.push(await openTarget(cacheFolder, fitting, records.length));
    const task = progress.start(fittings.length > 0 ? 'Preparing images' : 'Checking images', records.length);
    let read: ReadImages;
    try {
      read = await readAll(options, targets, (done) => task.update(done));
    } finally {
      task.end();
    }
    for (const { fitting, file, stride, checksums } of targets) {
      // Not synced: what a loss of power may leave of it is found by the checksums.
      await writeAll(file, preparedTrailer(fitting, checksums), stride * records.length);
    }
    const { table } = read;
    return {
      ...read,
      async keep(base) {
        try {
          // What is known of the images comes first, since nothing can be made of their pixels without it.
          await writeImageTable(`${base}.images`, table);
          for (const { fitting, path, file } of targets) {
            await file.close();
            await rename(path, `${base}-${fittingSuffix(fitting)}`);
          }
        } catch (error) {
          await discard();
          throw asCacheError(cacheFolder, error);
        }
      },
      discard,
    };
  } catch (error) {
    await discard();
    throw asCacheError(cacheFolder, error);
  }
}

function asCacheError(folder: string, error: unknown): unknown {
  return error instanceof LesionlabError || !(error as NodeJS.ErrnoException).syscall
    ? error
    : cacheNotWritable(folder, error as Error);
}

async function openTarget(folder: string, fitting: Fitting, images: number): Promise<Target> {
  const path = join(folder, `.${fittingSuffix(fitting)}.${temporarySuffix(randomBytes(4).toString('hex'))}`);
  const stride = fitting.imageSize ** 2 * 3;
  const file = await open(path, 'wx');
  await file.truncate(stride * images); // images that fail stay zero
  return { fitting, path, file, stride, checksums: new Uint32Array(images).fill(crc32(new Uint8Array(stride))) };
}

async function requireRoom(folder: string, images: number, fittings: readonly Fitting[]): Promise<void> {
  const bytes = fittings.reduce((sum, { imageSize }) => sum + images * (imageSize * imageSize * 3 + 4), 0);
  const { bavail, bsize } = await statfs(folder).catch((cause) => {
    throw cacheNotWritable(folder, cause);
  });
  const free = bavail * bsize;
  const needed = bytes + 16 * 2 ** 20;
  if (free >= needed) return;
  const mebibytes = (n: number) => `${Math.ceil(n / 2 ** 20).toLocaleString('en')} MiB`;
  throw runError(
    'disk-full',
    `The prepared images need ${mebibytes(needed)} in ${folder}, where ${mebibytes(free)} are free.`,
    {
      hint: {
        terminal:
          'Make room there (`lesionlab cache` says what it holds), or name a folder on another disk in the environment variable LESIONLAB_CACHE.',
        page: 'Make room there.',
      },
    },
  );
}

/** Several images are under way at a time: one is decoded while others are read. */
async function readAll(
  options: ImagePassOptions,
  targets: readonly Target[],
  report: (done: number) => void,
): Promise<ReadImages> {
  const { records, threads, signal } = options;
  const pictures = new Map<string, Raster>();
  const counted = options.counted && { imageIds: options.counted, counts: new Float64Array(768) };
  const table = emptyTable(records.map(({ imageId }) => imageId));
  const workers = Math.max(1, Math.min(threads, Math.ceil(records.length / 8)));
  const pool = createWorkerPool<FitRequest, FittedImage[]>(workerUrl('dataset/fitWorker'), workers, {
    targets: targets.map(({ path, fitting }) => ({ path, fitting })),
    picture: options.pictures?.fitting,
  } satisfies FitWorkerData);
  const throwIfAborted = () => {
    if (signal?.aborted) throw interruptedError('Interrupted while images were read; nothing was kept of them.');
  };
  let next = 0;
  let done = 0;
  const readNext = async (): Promise<void> => {
    while (next < records.length) {
      throwIfAborted();
      const first = next;
      next = endOfBatch(options, first);
      const count = next - first;
      const read = () => readSome(first, count, options, { table, pictures, counted }, targets, pool);
      await (options.turnstile ? options.turnstile.pass(read) : read());
      for (let i = 0; i < count; i++) report(++done);
      throwIfAborted();
    }
  };
  const stopOthers = (error: unknown) => {
    next = records.length;
    throw error;
  };
  // All of them settle before the files are closed, also where one has failed.
  const ends = await Promise.allSettled(Array.from({ length: workers * 2 }, () => readNext().catch(stopOthers)));
  await pool.close();
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return { table, pictures, counted };
}

const mostBytes = 1 << 17;
const mostImages = 16;

/** Where the next batch of images ends: small ones are sent to the workers together. */
function endOfBatch({ dataset, records }: ImagePassOptions, first: number): number {
  let bytes = 0;
  let end = first;
  while (end < records.length && end - first < mostImages) {
    const { imageId } = records[end];
    if (dataset.images.has(imageId)) bytes += dataset.images.byteLength(imageId);
    if (end > first && bytes > mostBytes) break;
    end++;
  }
  return end;
}

type ReadImages = Pick<FilledImages, 'table' | 'pictures' | 'counted'>;

/** The same while it grows. */
interface Gathered {
  readonly table: ReturnType<typeof emptyTable>;
  readonly pictures: Map<string, Raster>;
  readonly counted?: CountedImages;
}

async function readSome(
  first: number,
  count: number,
  { dataset, records, pictures: wanted }: ImagePassOptions,
  { table, pictures, counted: sum }: Gathered,
  targets: readonly Target[],
  pool: WorkerPool<FitRequest, FittedImage[]>,
): Promise<void> {
  const places = Array.from({ length: count }, (_, i) => first + i);
  const read = await Promise.all(places.map((index) => readFile(dataset, records[index].imageId)));
  const files: Uint8Array[] = [];
  const indices: number[] = [];
  for (const [i, found] of read.entries()) {
    const index = first + i;
    if ('bytes' in found) {
      table.checksums[index] = crc32(found.bytes);
      files.push(found.bytes);
      indices.push(index);
    } else table.failures.set(index, found);
  }
  if (files.length === 0) return;
  const shown = indices.map((index) => wanted?.imageIds.has(records[index].imageId) === true);
  const counted = indices.map((index) => sum?.imageIds.has(records[index].imageId) === true);
  for (const [i, fitted] of (await pool.run({ files, indices, shown, counted })).entries()) {
    const index = indices[i];
    if ('reason' in fitted) {
      table.failures.set(index, { reason: fitted.reason, stage: 'decode' });
      continue;
    }
    table.widths[index] = fitted.width;
    table.heights[index] = fitted.height;
    for (const [target, { checksums }] of targets.entries()) checksums[index] = fitted.checksums[target];
    if (fitted.counts) addCounts(sum!.counts, fitted.counts);
    if (fitted.picture) pictures.set(records[index].imageId, fitted.picture);
  }
}

/** The encoded file, or why it can't be had. */
async function readFile(
  { images }: ImagePassOptions['dataset'],
  imageId: string,
): Promise<{ readonly bytes: Uint8Array } | Omit<ImageFailure, 'imageId'>> {
  if (!images.has(imageId)) return { reason: 'there is no image file of this name', stage: 'missing' };
  try {
    return { bytes: await images.read(imageId) };
  } catch (error) {
    return { reason: `the file can't be read (${(error as Error).message})`, stage: 'read' };
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length)
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}
