import { csvFormatRows } from 'd3-dsv';
import { dataError } from '../../errors.js';
import { sharedImageId } from '../canonicalImageId.js';
import { type ClassInfo, type ImageRecord, type SplitName, splitNames } from '../dataset.js';
import { parseTable } from '../reading/metadataTable.js';

/** One row of splits.csv. */
export interface SplitRow {
  readonly imageId: string;
  readonly lesionId: string;
  readonly dx: string;
  readonly split: SplitName;
  /** Undefined where nobody knows. */
  readonly patientId?: string;
}

/** The split of each image. */
export const splitsByImage = (rows: readonly SplitRow[]): Map<string, SplitName> =>
  new Map(rows.map(({ imageId, split }) => [imageId, split]));

/** Finds the split of an image by the id that it has elsewhere, as `findByImage` does. */
export function splitFinder(splits: ReadonlyMap<string, SplitName>): (imageId: string) => SplitName | undefined {
  const find = findByImage([...splits].map(([imageId, split]) => ({ imageId, split })));
  return (imageId) => find(imageId)?.split;
}

/** Finds what is known of an image by the id that it has elsewhere: a copy that was reduced, or is named by its file, is the same image. */
export function findByImage<T extends { readonly imageId: string }>(
  known: readonly T[],
): (imageId: string) => T | undefined {
  const byId = new Map(known.map((one) => [one.imageId, one] as const));
  const byShared = new Map(known.map((one) => [sharedImageId(one.imageId), one] as const));
  return (imageId) => byId.get(imageId) ?? byShared.get(sharedImageId(imageId));
}

/** What stands in splits.csv of an image. */
type WrittenRecord = Pick<ImageRecord, 'imageId' | 'lesionId' | 'label' | 'patientId' | 'source'>;

/** Text of splits.csv: `image_id,lesion_id,dx,split`, and where they are known `patient_id` and `source`; one row a record. */
export function splitsCsv(
  records: readonly WrittenRecord[],
  splits: readonly SplitName[],
  classes: readonly ClassInfo[],
): string {
  return partsCsv(records, 'split', splits, classes);
}

/** Text of folds.csv: as splits.csv, with `fold` in place of `split`, folds from 0. */
export function foldsCsv(
  records: readonly ImageRecord[],
  folds: readonly number[],
  classes: readonly ClassInfo[],
): string {
  return partsCsv(records, 'fold', folds.map(String), classes);
}

function partsCsv(
  records: readonly WrittenRecord[],
  column: string,
  parts: readonly string[],
  classes: readonly ClassInfo[],
): string {
  const further = (
    [
      ['patient_id', ({ patientId }) => patientId],
      ['source', ({ source }) => source],
    ] as const satisfies readonly (readonly [string, (record: WrittenRecord) => string | undefined])[]
  ).filter(([, of]) => records.some((record) => of(record) !== undefined));
  const header = ['image_id', 'lesion_id', 'dx', column, ...further.map(([name]) => name)];
  const rows = records.map((record, i) => [
    record.imageId,
    record.lesionId,
    classes[record.label].id,
    parts[i],
    ...further.map(([, of]) => of(record) ?? ''),
  ]);
  return `${csvFormatRows([header, ...rows])}\n`;
}

/**
 * Reads splits.csv.
 * @param file for messages
 * @throws LesionlabError kind `data` where a column is missing, a split has another name, or an image stands twice
 */
export function parseSplitsCsv(text: string, file = 'splits.csv'): SplitRow[] {
  const table = parseTable(text, file);
  const columns = ['image_id', 'lesion_id', 'dx', 'split'].map((name) => {
    const index = table.columns.indexOf(name);
    if (index >= 0) return index;
    throw dataError('bad-splits', `${file} has no column ${name}; found ${table.columns.join(', ')}.`, {
      hint: 'Expected image_id,lesion_id,dx,split, as `lesionlab split` writes them.',
    });
  });
  const patientColumn = table.columns.indexOf('patient_id');
  const seen = new Set<string>();
  return table.rows.map(({ number, cells }) => {
    const [imageId, lesionId, dx, split] = columns.map((index) => cells[index]);
    if (!isSplitName(split)) {
      throw dataError('bad-splits', `${file}, row ${number}: image ${imageId} has split "${split}".`, {
        hint: `Expected one of ${splitNames.join(', ')}.`,
      });
    }
    if (seen.has(imageId)) {
      throw dataError('bad-splits', `${file}, row ${number}: image ${imageId} stands twice.`, {
        hint: 'Every image may be in one split only.',
      });
    }
    seen.add(imageId);
    const patientId = patientColumn < 0 ? '' : cells[patientColumn];
    return { imageId, lesionId, dx, split, ...(patientId !== '' && { patientId }) };
  });
}

const isSplitName = (name: string): name is SplitName => (splitNames as readonly string[]).includes(name);

/**
 * Records of each split according to splits.csv, each in the order of its rows.
 * @throws LesionlabError kind `data` where a row's image is not among the records
 */
export function recordsBySplit(
  records: readonly ImageRecord[],
  rows: readonly SplitRow[],
  file = 'splits.csv',
): Record<SplitName, ImageRecord[]> {
  const byId = new Map(records.map((record) => [record.imageId, record] as const));
  const result: Record<SplitName, ImageRecord[]> = { train: [], validation: [], test: [] };
  const strangers: string[] = [];
  for (const { imageId, split } of rows) {
    const record = byId.get(imageId);
    if (record) result[split].push(record);
    else strangers.push(imageId);
  }
  if (strangers.length > 0) {
    throw dataError(
      'split-of-other-data',
      `${file} lists ${strangers.length} images that the dataset lacks, ${strangers[0]} first.`,
      {
        hint: 'Use the splits with the dataset that they were made from.',
        details: strangers,
      },
    );
  }
  return result;
}
