import { dataError } from '../../errors.js';
import { imageTypeColumn } from '../reading/chosenRecords.js';
import { isMissing } from '../reading/columnValues.js';
import { placeOfRow } from '../reading/joinTables.js';
import type { MetadataRow, MetadataTable } from '../reading/metadataTable.js';
import { columnIndex, columnName, type DescribedFiles } from './describedFiles.js';
import { pathColumn } from './describedTables.js';

/** Names of the columns that a row of one image has besides those of the tables. */
export const imageColumn = '(image)';
/** What a row is a case of, where it has several images. */
export const caseColumn = '(case)';

/** A table with a row an image, and where each of its rows stood among those of the description's tables. */
export interface ImageRows {
  readonly table: MetadataTable;
  /** Position among the rows of the first table, from 0, header not counted. */
  placeInTable(row: MetadataRow): number;
  /** Rows that name no image and are left out, as the description allows, by their numbers. */
  readonly withoutImage: readonly number[];
}

/**
 * A row for each image that is meant: rows that filters take, one for each of their images of the kinds wanted. Cells that say nothing by the
 * description's own marks are empty.
 * @param kinds of images to take; all where undefined
 * @throws LesionlabError kind `data` where a column is not there, or no image is of a kind wanted
 */
export function rowsOfImages(
  files: DescribedFiles,
  table: MetadataTable,
  kinds: readonly string[] | undefined,
): ImageRows {
  const { images = [{ column: pathColumn }], missing = [], imagesMayBeMissing = false } = files.description;
  const marks = new Set(missing.map((mark) => mark.trim().toLowerCase()));
  const isTaken = rowFilter(files, table, marks);
  const several = images.length > 1;
  const chosen = images
    .map((image, i) => ({ ...image, index: columnIndex(files, table, image.column, `images.${i}.column`) }))
    .filter(
      ({ kind }) =>
        !kinds || kind === undefined || kinds.some((wanted) => kind === wanted || kind.startsWith(`${wanted}:`)),
    );
  if (kinds && chosen.length === 0) {
    const there = images.flatMap(({ kind }) => kind ?? []);
    throw dataError('unknown-image-type', `${files.file} has no image of the kind ${kinds.join(' or ')}.`, {
      hint: `There are ${there.join(', ')}.`,
    });
  }
  const hasKinds = images.some(({ kind }) => kind !== undefined);
  const origin = new Map<MetadataRow, { readonly row: MetadataRow; readonly place: number }>();
  const rows: MetadataRow[] = [];
  const withoutImage: number[] = [];
  const caseOf = several ? caseNumbers(table) : undefined;
  for (const [place, row] of table.rows.entries()) {
    if (!isTaken(row)) continue;
    const cells = row.cells.map((cell) => (marks.has(cell.toLowerCase()) ? '' : cell));
    const named = chosen.filter(({ index }) => !isMissing(cells[index]));
    const mayLack = several || imagesMayBeMissing;
    if (named.length === 0 && mayLack) withoutImage.push(row.number);
    // Where none may lack one, such a row is reported as one without an id.
    for (const image of named.length > 0 || mayLack ? named : chosen) {
      const name = fileName(cells[image.index], image);
      const one = {
        number: row.number,
        cells: [...cells, name, ...(caseOf ? [`case ${caseOf(row)}`] : []), ...(hasKinds ? [image.kind ?? ''] : [])],
      };
      origin.set(one, { row, place });
      rows.push(one);
    }
  }
  const added = [imageColumn, ...(several ? [caseColumn] : []), ...(hasKinds ? [imageTypeColumn] : [])];
  // A table's own column of the name would be another than the one that the description's kinds make.
  const columns = [
    ...table.columns.map((name) => (hasKinds && name === imageTypeColumn ? `${name} (of the table)` : name)),
    ...added,
  ];
  return {
    table: {
      ...table,
      columns,
      rows,
      placeOf: (row, column) => placeOfRow(table, origin.get(row)?.row ?? row, column),
      splitOf: undefined,
    },
    placeInTable: (row) => origin.get(row)!.place,
    withoutImage,
  };
}

/** Cases are numbered as the rows are; a row that stands twice, word for word, is one case. */
function caseNumbers({ rows }: MetadataTable): (row: MetadataRow) => number {
  const first = new Map<string, number>();
  for (const [place, { cells }] of rows.entries()) {
    const text = cells.join('\u001F');
    if (!first.has(text)) first.set(text, place + 1);
  }
  return ({ cells }) => first.get(cells.join('\u001F'))!;
}

/** What a cell names, with what the description puts before and behind it. */
function fileName(
  cell: string,
  { by = 'name', prefix = '', suffix = '' }: { by?: 'name' | 'path'; prefix?: string; suffix?: string },
): string {
  const parts = cell.split(/[/\\]/);
  const last = parts.pop()!;
  const [, stem, ending] = /^(.*?)(\.[a-z\d]{2,5})?$/is.exec(last)!;
  const name = suffix ? `${prefix}${stem}${suffix}${ending ?? ''}` : `${prefix}${last}`;
  return by === 'path' ? [...parts, name].join('/') : name;
}

function rowFilter(
  files: DescribedFiles,
  table: MetadataTable,
  marks: ReadonlySet<string>,
): (row: MetadataRow) => boolean {
  const tests = (files.description.filters ?? []).map(({ column, only, not }, i) => {
    const index = columnIndex(files, table, column, `filters.${i}.column`);
    const values = new Set((only ?? not)!.map(columnName));
    // "" is for cells that say nothing, by whatever mark.
    const wordOf = ({ cells }: MetadataRow) =>
      isMissing(cells[index]) || marks.has(cells[index].toLowerCase()) ? '' : columnName(cells[index]);
    const there = new Set(table.rows.map(wordOf));
    const absent = [...values].find((value) => !there.has(value));
    // A filter that can't take anything has a slip in it.
    if (only && absent !== undefined && only.length === 1)
      throw files.fault(
        `filters.${i}.only`,
        `no row of ${table.file} has ${column} "${only[0]}"; there are ${[...there].slice(0, 8).join(', ')}`,
      );
    return (row: MetadataRow) =>
      (values.has(wordOf(row)) || values.has(columnName(row.cells[index]))) === (only !== undefined);
  });
  return (row) => tests.every((test) => test(row));
}
