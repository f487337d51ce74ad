import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { mapConcurrently } from '../../data/mapConcurrently.js';
import { interruptedError } from '../../errors.js';
import type { Fitting } from '../../image/fitImage.js';
import type { Raster } from '../../image/raster.js';
import { silentProgress } from '../../progress.js';
import { defaultCacheFolder, requireCacheFolder } from '../files/cacheFolder.js';
import { entriesInUse } from '../files/cacheLease.js';
import { checksumOfMark } from '../files/contentMark.js';
import { removeAbandoned } from '../files/temporaryFiles.js';
import { checkPrepared } from './checkPrepared.js';
import { type FilledImages, fillImages } from './fillImages.js';
import type { CountedImages, ImagePassOptions } from './imagePassOptions.js';
import {
  cacheFormat,
  contentKey,
  failuresOf,
  type ImageFailure,
  type ImageTable,
  readImageTable,
} from './imageTable.js';
import { openHeld } from './openHeld.js';
import { fittingSuffix, type PreparedFile } from './preparedFile.js';

/** What a pass found and made. */
export interface ImagePass {
  readonly table: ImageTable;
  /** One for each fitting, in their order. */
  readonly prepared: readonly PreparedFile[];
  /** Images that are missing or unreadable, in the order of the records; their pixels are zero. */
  readonly failures: readonly ImageFailure[];
  /** Those of the pictures asked for whose images were decoded, by image id. */
  readonly pictures: ReadonlyMap<string, Raster>;
  /** What was counted, where images were decoded for it. */
  readonly counted?: CountedImages;
  /** Whether all was known before, so that no image was decoded. */
  readonly reused: boolean;
  close(): void;
}

/**
 * Reads each image once: decodes it, resizes it to every size that is asked for, and keeps what came of it in the cache folder. Files there are
 * named after the images' contents, so that the same images are found again whatever folder or zip they come from, and others under the same
 * names and dates are not taken for them. Nothing is left behind when it is interrupted.
 * @throws LesionlabError kind `run` where the cache folder is full or can't be written; kind `interrupted`
 */
export async function passImages(options: ImagePassOptions): Promise<ImagePass> {
  const { fittings, cacheFolder = defaultCacheFolder() } = options;
  await requireCacheFolder(cacheFolder);
  await removeAbandoned(cacheFolder);
  entriesInUse(cacheFolder); // removes the marks of processes that are gone
  const shape = shapeKey(options);
  const content = await knownContent(options, cacheFolder, shape);
  const known = content === undefined ? undefined : await openKnown(options, join(cacheFolder, `${shape}-${content}`));
  if (known?.missing.length === 0) return result(known.table, known.prepared);
  let opened = known?.prepared ?? [];
  try {
    const fill = (wanted: readonly Fitting[]) =>
      fillImages(wanted[0] === fittings[0] ? options : { ...options, counted: undefined }, cacheFolder, wanted);
    let filled = await fill(known?.missing ?? fittings);
    if (known && contentOf(filled.table) !== content) {
      // Files were replaced since they were last read: what the cache has was made of others.
      await filled.discard();
      closeAll(opened);
      opened = [];
      filled = await fill(fittings);
    }
    const base = join(cacheFolder, `${shape}-${contentOf(filled.table)}`);
    await filled.keep(base);
    const prepared = fittings.map((fitting) => {
      const path = `${base}-${fittingSuffix(fitting)}`;
      return opened.find((file) => file.path === path) ?? openHeld(path, filled.table);
    });
    return result(filled.table, prepared, filled);
  } catch (error) {
    closeAll(opened);
    throw error;
  }
}

function closeAll(files: readonly PreparedFile[]): void {
  for (const file of files) file.close();
}

/** @param filled where images were decoded */
const result = (
  table: ImageTable,
  prepared: readonly PreparedFile[],
  filled?: Pick<FilledImages, 'pictures' | 'counted'>,
): ImagePass => ({
  table,
  prepared,
  failures: failuresOf(table),
  pictures: filled?.pictures ?? new Map(),
  counted: filled?.counted,
  reused: filled === undefined,
  close: () => closeAll(prepared),
});

const contentOf = ({ imageIds, checksums, failures }: ImageTable): string =>
  contentKey(imageIds.length, (i) => {
    const stage = failures.get(i)?.stage;
    return stage === 'missing' || stage === 'read' ? undefined : checksums[i];
  });

/** What can be said of images without reading one: their ids and sizes in bytes. */
function shapeKey({ dataset, records }: ImagePassOptions): string {
  const hash = createHash('sha256').update(JSON.stringify([cacheFormat]));
  for (const { imageId } of records) {
    const bytes = dataset.images.has(imageId) ? dataset.images.byteLength(imageId) : null;
    hash.update(`${JSON.stringify(imageId)} ${bytes}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

/**
 * The contents' key where it is known without decoding: by the checksums of zips, and by what is remembered of loose files. Those that aren't known
 * are read for it only where the cache has images of their ids and sizes: it is likely, then, that nothing needs decoding.
 */
async function knownContent(
  { dataset, records, progress = silentProgress, signal }: ImagePassOptions,
  cacheFolder: string,
  shape: string,
): Promise<string | undefined> {
  const { images } = dataset;
  const names = await readdir(cacheFolder);
  if (!names.some((name) => name.startsWith(`${shape}-`))) return undefined;
  const readable = records.filter(({ imageId }) => dataset.images.has(imageId));
  const learnt = new Map<string, number>();
  const checksumOf = (imageId: string) => checksumOfMark(images.fingerprint(imageId)) ?? learnt.get(imageId);
  const unknown = readable.filter(({ imageId }) => checksumOf(imageId) === undefined);
  if (unknown.length > 0) {
    const task = progress.start('Comparing files', unknown.length);
    let done = 0;
    try {
      await mapConcurrently(unknown, 4, async ({ imageId }) => {
        if (signal?.aborted) throw interruptedError('Interrupted while files were compared.');
        // What can't be read is found again, and said, where it is to be decoded.
        const bytes = await images.read(imageId).catch(() => undefined);
        if (bytes && checksumOf(imageId) === undefined) learnt.set(imageId, crc32(bytes));
        task.update(++done);
      });
    } finally {
      task.end();
    }
    if (unknown.some(({ imageId }) => checksumOf(imageId) === undefined)) return undefined;
  }
  return contentKey(records.length, (i) => {
    const { imageId } = records[i];
    return dataset.images.has(imageId) ? checksumOf(imageId) : undefined;
  });
}

interface Known {
  readonly table: ImageTable;
  readonly prepared: PreparedFile[];
  readonly missing: readonly Fitting[];
}

/** What the cache has; undefined where it has nothing that is whole, or where files couldn't be read, which may have passed since. */
async function openKnown(options: ImagePassOptions, base: string): Promise<Known | undefined> {
  const path = `${base}.images`;
  if (!existsSync(path)) return undefined;
  const table = await readImageTable(path).catch(() => undefined);
  if (!table || [...table.failures.values()].some(({ stage }) => stage === 'read')) return undefined;
  const prepared: PreparedFile[] = [];
  const missing: Fitting[] = [];
  for (const fitting of options.fittings) {
    const file = `${base}-${fittingSuffix(fitting)}`;
    const opened = existsSync(file) ? await checkPrepared(() => openHeld(file, table), options, fitting) : undefined;
    if (opened) prepared.push(opened);
    else missing.push(fitting);
  }
  if (missing.length > 0) for (const fitting of missing) await rm(`${base}-${fittingSuffix(fitting)}`, { force: true });
  return { table, prepared, missing };
}
