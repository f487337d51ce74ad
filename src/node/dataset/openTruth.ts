import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { DataOptions, Dataset } from '../../data/dataset.js';
import { datasetFromFiles } from '../../data/formats/datasetFromFiles.js';
import { datasetFormats } from '../../data/formats/registry.js';
import { decodeText } from '../../data/reading/decodeText.js';
import { type MetadataTable, parseTable } from '../../data/reading/metadataTable.js';
import { composed, type StoredFile } from '../../data/storedFile.js';
import { dataError, LesionlabError, usageError } from '../../errors.js';
import { type TrainingList, type Truth, truthFromTable } from '../../evaluation/index.js';
import { truthColumnNames } from '../../evaluation/judging/truth.js';
import { hashFile } from '../files/fileHash.js';
import { fileAt } from '../files/folderFiles.js';
import { openDataset } from './openDataset.js';
import { withMasks } from './openMasks.js';

/** Whether a path is meant as a table. */
export const isTablePath = (path: string): boolean => /\.(csv|tab|tsv|txt)$/i.test(path);

/** Reads any table from disk. @throws LesionlabError kind `data` where it can't be read, or is no table */
export async function readTableFile(path: string): Promise<MetadataTable> {
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
  return parseTable(decodeText(await file.read(), path).text, path);
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
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isFile || !isTablePath(path)) {
    const dataset = await openDataset(path, data).catch((error: unknown) => {
      if (!(error instanceof LesionlabError) || error.code !== 'unknown-diagnosis') throw error;
      return openDataset(path, { ...data, anyDiagnosis: true });
    });
    return {
      truth: { ...dataset, words: describeTruth(dataset) },
      dataset,
      sha256: null,
      close: () => dataset.images.close(),
    };
  }
  const table = await readTableFile(path);
  const known = datasetFormats.some(
    ({ columns }) => columns.length > 0 && columns.every((name) => table.columns.includes(name)),
  );
  const truth = known ? await datasetOfTable(path, data) : truthFromTable(table);
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

/** A dataset's records out of its table and those beside it (lesions may stand in a second one), without images. */
async function datasetOfTable(path: string, { imageTypes }: DataOptions): Promise<Truth> {
  const folder = dirname(path);
  const names = (await readdir(folder)).filter((name) => /\.(csv|tab|tsv)$/i.test(name) || name === basename(path));
  const files: StoredFile[] = [];
  for (const name of names.sort()) {
    const file = await fileAt(join(folder, name)).catch(() => null);
    if (file) files.push(file);
  }
  const options = { table: composed(basename(path)), recordsOnly: true, imageTypes };
  const open = (anyDiagnosis: boolean) => datasetFromFiles(folder, files, { ...options, anyDiagnosis }, async () => {});
  const dataset = await open(false).catch((error: unknown) => {
    if (!(error instanceof LesionlabError) || error.code !== 'unknown-diagnosis') throw error;
    return open(true);
  });
  return { ...dataset, words: describeTruth(dataset) };
}

const describeTruth = ({ info, records, metadataFile }: Dataset): string[] => [
  `Truth: ${info.name} (${basename(metadataFile)}), ${records.length.toLocaleString('en-US')} images.`,
  ...datasetFormats.flatMap(({ card }) =>
    card.id === info.id && card.confirmation ? [`How its truths were confirmed: ${card.confirmation}`] : [],
  ),
];

/**
 * Reads which images are meant: ids in the first column that is called like one, or all images of a dataset; lesions and patients where they
 * are known.
 * @throws LesionlabError kind `data` where it can't be read
 */
export async function readImageList(path: string): Promise<TrainingList> {
  const source = basename(path);
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  if (isFile && isTablePath(path)) {
    const table = await readTableFile(path);
    const column = (names: readonly string[]) => table.columns.findIndex((name) => names.includes(name));
    const image = column(truthColumnNames.image);
    const cells = (index: number) =>
      new Set(index < 0 ? [] : table.rows.map((row) => row.cells[index]).filter((cell) => cell !== ''));
    // A list without a header: its first row is an id, too.
    const ids = image >= 0 ? [...cells(image)] : [table.columns[0], ...cells(0)];
    return {
      source,
      imageIds: new Set(ids.map(withoutEnding)),
      lesionIds: cells(column(truthColumnNames.lesion)),
      patientIds: cells(column(truthColumnNames.patient)),
    };
  }
  const { truth, close } = await openTruth(path);
  try {
    const { records, hasLesionIds } = truth;
    return {
      source,
      imageIds: new Set(records.map(({ imageId }) => imageId)),
      lesionIds: new Set(hasLesionIds ? records.map(({ lesionId }) => lesionId) : []),
      patientIds: new Set(records.flatMap(({ patientId }) => patientId ?? [])),
    };
  } finally {
    await close();
  }
}

const withoutEnding = (cell: string): string =>
  composed(
    cell
      .split(/[/\\]/)
      .at(-1)!
      .replace(/\.(jpe?g|png|tiff?|bmp|webp|dcm)$/i, ''),
  );
