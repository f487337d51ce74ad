import type { DataOptions, Dataset } from '../../data/dataset.js';
import { datasetFromFiles } from '../../data/formats/datasetFromFiles.js';
import { datasetFormats } from '../../data/formats/registry.js';
import type { SplitFile } from '../../data/groups/splitFile.js';
import type { FormatOptions } from '../../data/reading/datasetFormat.js';
import type { MetadataTable } from '../../data/reading/metadataTable.js';
import { composed, type StoredFile } from '../../data/storedFile.js';
import { LesionlabError } from '../../errors.js';
import { partOfSplit, truthOfSplitFile } from './splitTruth.js';
import type { TrainingList } from './trainingOverlap.js';
import { type Truth, truthColumnNames, truthFromTable } from './truth.js';

/** Whether a path is meant as a table. */
export const isTablePath = (path: string): boolean => /\.(csv|tab|tsv|txt)$/i.test(path);

/** A table as it was read and, of a split file, what it divides. */
export interface AnyTable {
  readonly table: MetadataTable;
  /** Null of any other table. */
  readonly splitFile: SplitFile | null;
}

/** A dataset with its images as a truth. */
export const truthOfDataset = (dataset: Dataset): Truth => ({ ...dataset, words: describeTruth(dataset) });

/** Opens a dataset, and where its diagnoses are of no class that its format knows, with each of them as a class. */
export async function withAnyDiagnosis<T>(
  open: (options: Pick<FormatOptions, 'anyDiagnosis'>) => Promise<T>,
): Promise<T> {
  try {
    return await open({});
  } catch (error) {
    if (!(error instanceof LesionlabError) || error.code !== 'unknown-diagnosis') throw error;
    return await open({ anyDiagnosis: true });
  }
}

/**
 * The truth in a table: of a dataset that lesionlab reads (lesions may stand in a second table beside it), without images, the test images of a
 * split file, or any table with ids and labels.
 * @param root of the files, for messages @param table as it was read @param files it and the tables beside it
 * @throws LesionlabError kind `data` or `usage` where it is none of them
 */
export async function truthOfTable(
  root: string,
  { table, splitFile }: AnyTable,
  files: readonly StoredFile[],
  { imageTypes }: DataOptions = {},
): Promise<Truth> {
  if (splitFile) return truthOfSplitFile(table, splitFile);
  const known = datasetFormats.some(
    ({ columns }) => columns.length > 0 && columns.every((name) => table.columns.includes(name)),
  );
  if (!known) return truthFromTable(table);
  const name = composed(table.file.split(/[/\\]/).at(-1)!);
  const dataset = await withAnyDiagnosis((options) =>
    datasetFromFiles(root, files, { table: name, recordsOnly: true, imageTypes, ...options }, async () => {}),
  );
  return truthOfDataset(dataset);
}

const describeTruth = ({ info, records, metadataFile }: Dataset): string[] => [
  `Truth: ${info.name} (${metadataFile.split(/[/\\]/).at(-1)}), ${records.length.toLocaleString('en-US')} images.`,
  ...datasetFormats.flatMap(({ card }) =>
    card.id === info.id && card.confirmation ? [`How its truths were confirmed: ${card.confirmation}`] : [],
  ),
];

/**
 * Which images a table lists: ids in the column that is called like one, else the first; lesions and patients where they are known.
 * @param part of a table that tells both: those that were learned from (training and validation), or those that are tested
 */
export function imagesInTable({ table: whole }: AnyTable, source: string, part: 'learned' | 'tested'): TrainingList {
  const table = partOfSplit(whole, part);
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

/** All images of a truth. */
export function imagesInTruth({ records, hasLesionIds }: Truth, source: string): TrainingList {
  return {
    source,
    imageIds: new Set(records.map(({ imageId }) => imageId)),
    lesionIds: new Set(hasLesionIds ? records.map(({ lesionId }) => lesionId) : []),
    patientIds: new Set(records.flatMap(({ patientId }) => patientId ?? [])),
  };
}

const withoutEnding = (cell: string): string =>
  composed(
    cell
      .split(/[/\\]/)
      .at(-1)!
      .replace(/\.(jpe?g|png|tiff?|bmp|webp|dcm)$/i, ''),
  );
