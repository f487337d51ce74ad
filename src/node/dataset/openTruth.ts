import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { DataOptions, Dataset } from '../../data/dataset.js';
import { isSplitFile, tableBelowHead } from '../../data/groups/splitFile.js';
import { decodeText } from '../../data/reading/decodeText.js';
import type { MetadataTable } from '../../data/reading/metadataTable.js';
import type { StoredFile } from '../../data/storedFile.js';
import { dataError, usageError } from '../../errors.js';
import {
  type AnyTable,
  imagesInTable,
  imagesInTruth,
  isTablePath,
  truthOfDataset,
  truthOfTable,
  withAnyDiagnosis,
} from '../../evaluation/judging/openTruth.js';
import type { TrainingList } from '../../evaluation/judging/trainingOverlap.js';
import type { Truth } from '../../evaluation/judging/truth.js';
import { hashFile } from '../files/fileHash.js';
import { fileAt } from '../files/folderFiles.js';
import { openDataset } from './openDataset.js';
import { withMasks } from './openMasks.js';
import { parseUnchanged } from './readSplitFile.js';

/** Reads any table from disk. @throws LesionlabError kind `data` where it can't be read, or is no table */
export const readTableFile = async (path: string): Promise<MetadataTable> => (await readAnyTable(path)).table;

/** The same, and what it divides where it is a split file. */
async function readAnyTable(path: string): Promise<AnyTable> {
  const file = await fileAt(path).catch((cause: NodeJS.ErrnoException) => {
    throw dataError(
      'no-table',
      cause.code === 'ENOENT' ? `There is no file ${path}.` : `Cannot read ${path}: ${cause.message}`,
      {
        hint: 'Check the path of the table.',
        cause,
      },
    );
  });
  const { text } = decodeText(await file.read(), path);
  return { table: tableBelowHead(text, path), splitFile: isSplitFile(text) ? parseUnchanged(text, path) : null };
}

/** A truth that was opened, with its images where they are at hand. */
export interface OpenTruth {
  readonly truth: Truth;
  /** Null of a table. */
  readonly dataset: Dataset | null;
  /** Of a table's bytes, in hexadecimal; null of a folder. */
  readonly sha256: string | null;
  close(): Promise<void>;
}

/**
 * Opens what is known of images: a dataset in any format that lesionlab reads (a folder, a zip, or its table alone, without images), or any
 * table with ids and labels.
 * @throws LesionlabError kind `data` or `usage` where it is neither
 */
export async function openTruth(path: string, data: DataOptions = {}): Promise<OpenTruth> {
  if (!(await isTableFile(path))) {
    const dataset = await withAnyDiagnosis((options) => openDataset(path, { ...data, ...options }));
    return { truth: truthOfDataset(dataset), dataset, sha256: null, close: () => dataset.images.close() };
  }
  const truth = await truthOfTable(dirname(path), await readAnyTable(path), await tablesBeside(path), data);
  return { truth, dataset: null, sha256: await hashFile(path), close: async () => {} };
}

/**
 * The same with lesion masks of its images from another place; see `withMasks`.
 * @throws LesionlabError as both do; kind `usage` where masks are named and the truth is a table, without images
 */
export async function openMaskedTruth(path: string, masks: string | undefined, data?: DataOptions): Promise<OpenTruth> {
  const opened = await openTruth(path, data);
  if (masks === undefined) return opened;
  if (opened.dataset) {
    const dataset = await withMasks(opened.dataset, masks);
    return { ...opened, dataset, close: () => dataset.images.close() };
  }
  await opened.close();
  throw usageError('masks-without-images', `Masks are laid on images, and ${path} is a table alone.`, {
    hint: {
      terminal: 'Name the folder that holds images and table with --truth <folder>, or leave --masks out.',
      page: 'Choose the folder with images and table.',
    },
  });
}

const isTableFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile() && isTablePath(path),
    () => false,
  );

/** A table, and others in its folder. */
async function tablesBeside(path: string): Promise<StoredFile[]> {
  const folder = dirname(path);
  const names = (await readdir(folder)).filter((name) => /\.(csv|tab|tsv)$/i.test(name) || name === basename(path));
  const files: StoredFile[] = [];
  for (const name of names.sort()) {
    const file = await fileAt(join(folder, name)).catch(() => null);
    if (file) files.push(file);
  }
  return files;
}

/**
 * Reads which images are meant: ids in the first column that is called like one, or all images of a dataset; lesions and patients where they
 * are known.
 * @param part of a table that tells both: those that were learned from (training and validation), or those that are tested
 * @throws LesionlabError kind `data` where it can't be read
 */
export async function readImageList(path: string, part: 'learned' | 'tested'): Promise<TrainingList> {
  const source = basename(path);
  if (await isTableFile(path)) return imagesInTable(await readAnyTable(path), source, part);
  const { truth, close } = await openTruth(path);
  await close();
  return imagesInTruth(truth, source);
}
