import type { DataOptions, Dataset, DatasetInfo, ImageRecord, SplitName } from '../../../src/data/dataset.js';
import { datasetHashText } from '../../../src/data/datasetHashText.js';
import { throwIfInterrupted } from '../../../src/data/groups/identicalImages.js';
import { limitDataset } from '../../../src/data/groups/limitDataset.js';
import { mapConcurrently } from '../../../src/data/mapConcurrently.js';
import { dataError, usageError } from '../../../src/errors.js';
import type { Fitting } from '../../../src/image/fitImage.js';
import { toUtf8 } from '../../../src/models/weights/utf8.js';
import type { CallContext } from '../browser/workerCalls.js';
import { divideData, type SplitFiles } from './divideData.js';
import type { Division } from './division.js';
import type { ImagePool } from './imagePool.js';
import type { OpenedData } from './openedData.js';
import { preparedBytes, preparedBytesLimit } from './preparedMemory.js';
import { sha256 } from './sha256.js';

export interface PrepareRequest extends Fitting {
  /** Images of a stratified subset; all where null. */
  readonly limit: number | null;
  /** Of the subset and of the split. */
  readonly seed: number;
  readonly division: Division;
}

/** A dataset in memory, split, as a training takes it; plain data. */
export interface PreparedForTraining {
  /** Names of the folders of all datasets that were joined, or of the one. */
  readonly roots: readonly string[];
  /** Without images that can't be used. */
  readonly info: DatasetInfo;
  readonly records: readonly ImageRecord[];
  readonly metadataFile: string;
  readonly hasLesionIds: boolean;
  readonly hasPatientIds?: boolean;
  /** Which of the data's images were meant. */
  readonly asked?: DataOptions;
  /** Of each record. */
  readonly splits: readonly SplitName[];
  /** How they were made. */
  readonly division: Division;
  readonly splitFiles: SplitFiles;
  /** See `datasetHashText`. */
  readonly dataSha256: string;
  readonly excluded: readonly string[];
  readonly limit: number | null;
  readonly imageSize: number;
  /** [records, S, S, 3]; shared between workers where the page may share memory. */
  readonly pixels: Uint8Array;
}

/**
 * Decodes and resizes images into memory, leaves out those that can't be used, and divides the others, as the command line does with
 * `--exclude-unusable`.
 * @throws LesionlabError kind `usage` where they don't fit into memory; kind `data` where none can be used; kind `interrupted`
 */
export async function prepareForTraining(
  opened: OpenedData,
  { limit, seed, division, ...fitting }: PrepareRequest,
  pool: ImagePool,
  context: CallContext,
): Promise<PreparedForTraining> {
  const { imageSize } = fitting;
  const { dataset: whole, parts } = opened;
  const dataset = limit === null ? whole : limitDataset(whole, limit, seed);
  const bytes = preparedBytes(dataset.records.length, imageSize);
  if (bytes > preparedBytesLimit)
    throw usageError(
      'too-much-memory',
      `${dataset.records.length} images at ${imageSize} pixels need ${Math.ceil(bytes / 2 ** 20)} MiB of memory; at most ${preparedBytesLimit / 2 ** 20} are allowed.`,
      { hint: 'Use fewer images or a smaller image size, or train with the command line, which needs no such memory.' },
    );
  const { pixels, checksums } = await prepareImages(dataset, fitting, pool, context);
  const known = dataset.records.filter(({ imageId }) => checksums.has(imageId));
  if (known.length === 0)
    throw dataError('no-usable-images', `None of the ${dataset.records.length} images can be used.`, {
      hint: 'Check that the images, or all zips that they came in, were chosen. The Data view says what is wrong with each.',
    });
  const readable = { ...dataset, records: known };
  const made = await divideData(opened, { ...division, seed, dataset: readable }, pool, context);
  const { dataset: usable, splits, csv, summary } = made;
  const { info, records, hasLesionIds, hasPatientIds, metadataFile, asked } = usable;
  return {
    roots: parts.map(({ root }) => root),
    info,
    records,
    metadataFile,
    hasLesionIds,
    hasPatientIds,
    asked,
    splits,
    division,
    splitFiles: { csv, summary },
    dataSha256: await sha256(toUtf8(datasetHashText(usable, (imageId) => checksums.get(imageId)!))),
    excluded: dataset.records.map(({ imageId }) => imageId).filter((imageId) => !checksums.has(imageId)),
    limit,
    imageSize,
    pixels: keepOnly(pixels, dataset, usable, imageSize),
  };
}

async function prepareImages(
  { records, images }: Dataset,
  fitting: Fitting,
  pool: ImagePool,
  { progress, signal }: Pick<CallContext, 'progress' | 'signal'>,
) {
  const stride = fitting.imageSize ** 2 * 3;
  const pixels = allocate(records.length * stride);
  const checksums = new Map<string, string>();
  const task = progress.start('Preparing images', records.length);
  let done = 0;
  try {
    await mapConcurrently(records, pool.inFlight, async ({ imageId }, index) => {
      throwIfInterrupted(signal, 'preparing images');
      try {
        if (images.has(imageId) && images.byteLength(imageId) > 0) {
          const encoded = (await images.read(imageId)).slice();
          const found = await pool.run('prepare', { bytes: encoded, fitting }, [encoded.buffer]);
          pixels.set(found.pixels, index * stride);
          checksums.set(imageId, found.checksum);
        }
      } catch {
        // Left out; the audit says why.
      }
      task.update(++done);
    });
  } finally {
    task.end();
  }
  return { pixels, checksums };
}

/** Memory that workers can share, where the page may. */
function allocate(bytes: number): Uint8Array {
  try {
    return new Uint8Array(globalThis.crossOriginIsolated ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes));
  } catch (cause) {
    throw usageError('too-much-memory', `The browser has no ${Math.ceil(bytes / 2 ** 20)} MiB of memory left.`, {
      hint: 'Close other tabs, or use fewer images or a smaller image size.',
      cause,
    });
  }
}

/** Moves the pixels of the records that are kept together, in place. */
function keepOnly(pixels: Uint8Array, before: Dataset, after: Dataset, imageSize: number): Uint8Array {
  if (before.records.length === after.records.length) return pixels;
  const stride = imageSize * imageSize * 3;
  const indexOf = new Map(before.records.map(({ imageId }, index) => [imageId, index]));
  for (const [to, { imageId }] of after.records.entries()) {
    const from = indexOf.get(imageId)!;
    pixels.copyWithin(to * stride, from * stride, (from + 1) * stride);
  }
  return pixels.subarray(0, after.records.length * stride);
}
