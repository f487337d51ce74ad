import { readTable } from '../reading/datasetSource.js';
import { joinTables, placeOfRow, stackTables } from '../reading/joinTables.js';
import type { MetadataTable } from '../reading/metadataTable.js';
import type { StoredFile } from '../storedFile.js';
import { columnIndex, columnName, type DescribedFiles, findFiles } from './describedFiles.js';
import type { DatasetDescription } from './descriptionSchema.js';
import { pathOf } from './filePatterns.js';

/** Name of the one column of the table that stands for images without one. */
export const pathColumn = '(path)';

/**
 * The tables of a description as one: those further down joined to the rows of the first. Where there are none, each image that is there is a row.
 * @throws LesionlabError kind `data`
 */
export async function describedTables(files: DescribedFiles): Promise<MetadataTable> {
  const { tables } = files.description;
  if (!tables) return tableOfImages(files);
  let joined: MetadataTable | undefined;
  for (const [i, { key, matches }] of tables.entries()) {
    const table = await readTables(files, i);
    if (!joined) {
      joined = table;
      continue;
    }
    const [on, to] = [columnName(matches ?? key!), columnName(key!)];
    columnIndex(files, joined, on, `tables.${i}.${matches ? 'matches' : 'key'}`);
    columnIndex(files, table, to, `tables.${i}.key`);
    joined = joinAgreeing(files, joined, table, { on, to }, `tables.${i}.file`);
  }
  return joined!;
}

/**
 * Joins a table; of columns that both have, those that the description names must say the same in both.
 * @throws LesionlabError kind `data` where they don't
 */
function joinAgreeing(
  { description, fault }: DescribedFiles,
  table: MetadataTable,
  other: MetadataTable,
  join: { readonly on: string; readonly to: string },
  key: string,
): MetadataTable {
  const used = usedColumns(description);
  const both = other.columns.filter((name) => name !== join.to && table.columns.includes(name));
  const second = (name: string) => `${name} (of ${other.file})`;
  const columns = other.columns.map((name) => (both.includes(name) ? second(name) : name));
  const joined = joinTables(
    table,
    { ...other, columns, placeOf: other.placeOf && ((row) => other.placeOf!(row)) },
    { ...join, by: 'text' },
  );
  for (const name of both.filter((one) => used.has(one))) {
    const [a, b] = [name, second(name)].map((one) => joined.columns.indexOf(one));
    const odd = joined.rows.find(({ cells }) => cells[b] !== '' && cells[a] !== cells[b]);
    if (odd)
      throw fault(
        key,
        `${table.file} and ${other.file} both have a column ${name} and say different things, as in row ${placeOfRow(joined, odd).row}: "${odd.cells[a]}" and "${odd.cells[b]}"; rename one of the two`,
      );
  }
  return joined;
}

/** All columns that a description names, in lower case. */
function usedColumns({ images, label, split, filters, columns, ...rest }: DatasetDescription): ReadonlySet<string> {
  const { patient, lesion, weight, age, sex, site, confirmed } = rest;
  const named = [
    ...[patient, lesion, weight, age, sex, site, confirmed, label.column, split?.column].filter(
      (name) => name !== undefined,
    ),
    ...[...(images ?? []), ...(filters ?? [])].map(({ column }) => column),
    ...Object.keys(label.columns ?? {}),
    ...(label.levels ?? []),
    ...Object.keys(columns ?? {}),
  ];
  return new Set(named.map(columnName));
}

async function readTables(files: DescribedFiles, i: number): Promise<MetadataTable> {
  const { file, header, delimiter } = files.description.tables![i];
  const found = findFiles(files, file, `tables.${i}.file`);
  const names = header?.map(columnName);
  const parts = await Promise.all(found.map((one) => readOne(files, one, names, delimiter)));
  return stackTables(parts.map((table) => ({ table })));
}

async function readOne(
  { source }: DescribedFiles,
  file: StoredFile,
  names: readonly string[] | undefined,
  delimiter: string | undefined,
): Promise<MetadataTable> {
  const known = source.tables.find((table) => table.file === file);
  if (known && delimiter === undefined) return await known.read(names);
  return await readTable(file, names, delimiter === 'tab' ? '\t' : delimiter);
}

function tableOfImages({ images: { images, unread }, source }: DescribedFiles): MetadataTable {
  const paths = [...images, ...unread].map(pathOf).sort();
  return { file: source.root, columns: [pathColumn], rows: paths.map((path, i) => ({ number: i + 1, cells: [path] })) };
}
