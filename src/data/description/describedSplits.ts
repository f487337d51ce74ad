import { type SplitName, splitNames } from '../dataset.js';
import { isUnknown, readNumber } from '../reading/columnValues.js';
import { readTable } from '../reading/datasetSource.js';
import { imageKey } from '../reading/imageIds.js';
import { placeOfRow } from '../reading/joinTables.js';
import { type MetadataRow, RowProblems } from '../reading/metadataTable.js';
import { splitOfName } from '../reading/splitNames.js';
import type { StoredFile } from '../storedFile.js';
import { columnIndex, columnName, type DescribedFiles, findFiles } from './describedFiles.js';
import type { FolderOf } from './describedLabels.js';
import { type ImageRows, imageColumn } from './rowsOfImages.js';

type SplitOf = (row: MetadataRow) => SplitName | undefined;

/**
 * The official split of each row, as a description says; undefined where it says none.
 * @param rowCount of the first table, without its header
 * @throws LesionlabError kind `data` where a column or file is not there, or says no split
 */
export async function describedSplits(
  files: DescribedFiles,
  rows: ImageRows,
  rowCount: number,
  folderOf: FolderOf,
): Promise<SplitOf | undefined> {
  const { split } = files.description;
  if (!split) return undefined;
  if (split.files) return await splitsOfFiles(files, rows, rowCount);
  const { table } = rows;
  const map = new Map(Object.entries(split.map ?? {}).map(([word, name]) => [columnName(word), name] as const));
  const read = (word: string) => {
    const mapped = map.get(columnName(word)) ?? map.get(String(readNumber(word)));
    return mapped ?? splitOfName(word);
  };
  const { folder } = split;
  const index = folder ? -1 : columnIndex(files, table, split.column!, 'split.column');
  const wordOf = (row: MetadataRow) => (folder ? folderOf(row, folder) : row.cells[index]);
  const problems = new RowProblems(table.file);
  for (const row of table.rows) {
    const word = wordOf(row);
    if (word === undefined || isUnknown(word) || read(word) !== undefined) continue;
    problems.add(
      placeOfRow(table, row),
      'unknown-split',
      `${folder ? 'the folder' : split.column} "${word}" is no split, expected train, validation or test.`,
      `Say under split.map in ${files.file} which split it is; none for an image that is in no split.`,
    );
  }
  problems.throwIfAny();
  return (row) => {
    const word = wordOf(row);
    const found = word === undefined || isUnknown(word) ? undefined : read(word);
    return found === 'none' ? undefined : found;
  };
}

async function splitsOfFiles(
  files: DescribedFiles,
  { table, placeInTable }: ImageRows,
  rowCount: number,
): Promise<SplitOf> {
  const { files: lists = {}, fileColumn, rows: byRow = false } = files.description.split!;
  const image = table.columns.indexOf(imageColumn);
  const keyOf = (row: MetadataRow) =>
    byRow ? String(placeInTable(row)) : imageKey(row.cells[image].split(/[/\\]/).pop()!);
  const known = new Set(table.rows.map(keyOf));
  const splitOf = new Map<string, SplitName>();
  for (const name of splitNames) {
    const file = lists[name];
    if (file === undefined) continue;
    for (const stored of findFiles(files, file, `split.files.${name}`)) {
      const problems = new RowProblems(stored.location);
      for (const { cell, at } of await listOf(files, stored, fileColumn, byRow)) {
        const key = byRow ? String(readNumber(cell)) : imageKey(cell.split(/[/\\]/).pop()!);
        const before = splitOf.get(key);
        const isRow = !byRow || (Number.isInteger(Number(key)) && Number(key) >= 0 && Number(key) < rowCount);
        if (!isRow)
          problems.add(
            at,
            'no-such-row',
            `expected a row of the table counted from 0, at most ${rowCount - 1}, found "${cell}".`,
            'Mend that line, or leave split.rows out where it names images.',
          );
        else if (before !== undefined && before !== name)
          problems.add(
            at,
            'split-twice',
            `${cell} is in ${before} already, and now in ${name}.`,
            'Each image is in one split: mend one of the two lists.',
          );
        else splitOf.set(key, name);
      }
      problems.throwIfAny();
    }
  }
  if (![...splitOf.keys()].some((key) => known.has(key)))
    throw files.fault(
      'split.files',
      `they name none of the ${table.rows.length} images; do they count rows? Then write \`rows: true\``,
    );
  return (row) => splitOf.get(keyOf(row));
}

/** What a list names, with the line; where no column is named, the first one, and its first line too if that is no heading. */
async function listOf(
  files: DescribedFiles,
  file: StoredFile,
  fileColumn: string | undefined,
  byRow: boolean,
): Promise<{ readonly cell: string; readonly at: number }[]> {
  const table = await readTable(file);
  const index = fileColumn === undefined ? 0 : columnIndex(files, table, fileColumn, 'split.fileColumn');
  const heading = table.columns[0] ?? '';
  const isHeading = fileColumn !== undefined || (byRow ? Number.isNaN(readNumber(heading)) : headings.has(heading));
  const { rows } = isHeading ? table : await readTable(file, table.columns);
  return rows.map(({ cells, number }) => ({ cell: cells[index], at: number }));
}

const headings = new Set(
  'image images image_id image_name isic_id img_id id ids file files file_name filename name path'.split(' '),
);
