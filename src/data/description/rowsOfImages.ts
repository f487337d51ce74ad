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
  const isTaken = rowFilter(files, table);
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
        cells: [...cells, name, ...(several ? [`case ${place + 1}`] : []), ...(hasKinds ? [image.kind ?? ''] : [])],
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

function rowFilter(files: DescribedFiles, table: MetadataTable): (row: MetadataRow) => boolean {
  const tests = (files.description.filters ?? []).map(({ column, only, not }, i) => {
    const index = columnIndex(files, table, column, `filters.${i}.column`);
    const values = new Set((only ?? not)!.map(columnName));
    const there = new Set(table.rows.map(({ cells }) => columnName(cells[index])));
    const absent = [...values].find((value) => !there.has(value));
    // A filter that can't take anything has a slip in it.
    if (only && absent !== undefined && only.length === 1)
      throw files.fault(
        `filters.${i}.only`,
        `no row of ${table.file} has ${column} "${only[0]}"; there are ${[...there].slice(0, 8).join(', ')}`,
      );
    return ({ cells }: MetadataRow) => values.has(columnName(cells[index])) === (only !== undefined);
  });
  return (row) => tests.every((test) => test(row));
}
