import type { SplitName } from '../dataset.js';
import { isMissing } from './columnValues.js';
import type { SourceTable } from './datasetSource.js';
import { imageKey, photographKey } from './imageIds.js';
import { type MetadataRow, type MetadataTable, RowProblems, type TablePlace } from './metadataTable.js';

/** How rows of two tables belong together. */
export interface TableJoin {
  /** Column of the first table; a row whose cell says nothing gets nothing. */
  readonly on: string;
  /** Column of the second; default: of the same name. */
  readonly to?: string;
  /**
   * What makes two cells the same: `text`; `image`, where neither endings nor folders count; `photograph`, where the mark of a reduced copy
   * doesn't either. Default: `text`.
   */
  readonly by?: 'text' | 'image' | 'photograph';
  /** Columns of the second table to take; default: all that the first lacks. */
  readonly columns?: readonly string[];
}

const keys = { text: (cell: string) => cell, image: imageKey, photograph: photographKey };

/** Where a row stands, or the cell of a row. */
export const placeOfRow = (table: MetadataTable, row: MetadataRow, column?: string): TablePlace =>
  table.placeOf?.(row, column) ?? { file: table.file, row: row.number };

/**
 * A table with the columns of another joined to its rows; cells are empty where the other has no row.
 * @throws LesionlabError kind `data` naming the rows where the other table has a key twice
 */
export function joinTables(table: MetadataTable, other: MetadataTable, join: TableJoin): MetadataTable {
  const { on, to = on, by = 'text' } = join;
  const key = by === 'text' ? keys.text : imageKey;
  const added = (join.columns ?? other.columns).filter(
    (name) => name !== '' && name !== to && other.columns.includes(name) && !table.columns.includes(name),
  );
  const from = added.map((name) => other.columns.indexOf(name));
  const [onIndex, toIndex] = [table.columns.indexOf(on), other.columns.indexOf(to)];
  const rowOf = rowsByKey(other, toIndex, key, by === 'text' ? to : 'image');
  const loose = by === 'photograph' ? rowsByPhotograph(other, toIndex) : undefined;
  const partner = new Map<MetadataRow, MetadataRow>();
  const before = new Map<MetadataRow, MetadataRow>();
  const rows = table.rows.map((row) => {
    const cell = row.cells[onIndex];
    const found = isMissing(cell) ? undefined : (rowOf.get(key(cell)) ?? loose?.get(photographKey(cell)));
    const joined = { number: row.number, cells: [...row.cells, ...from.map((index) => found?.cells[index] ?? '')] };
    if (found) partner.set(joined, found);
    before.set(joined, row);
    return joined;
  });
  const isAdded = new Set(added);
  return {
    file: table.file,
    columns: [...table.columns, ...added],
    rows,
    notes: [...(table.notes ?? []), ...(other.notes ?? [])],
    placeOf(row, column) {
      const found = column !== undefined && isAdded.has(column) ? partner.get(row) : undefined;
      return found ? placeOfRow(other, found, column) : placeOfRow(table, before.get(row)!, column);
    },
    splitOf: table.splitOf && ((row) => table.splitOf!(before.get(row)!)),
  };
}

/** Of some tables the one with most of another's keys, joined to it; the table itself where none has any of them. */
export async function joinBest(
  table: MetadataTable,
  others: readonly Pick<SourceTable, 'read'>[],
  join: TableJoin,
): Promise<MetadataTable> {
  const { on, to = on, by = 'text' } = join;
  const keysOf = ({ columns, rows }: MetadataTable, name: string) =>
    rows.map(({ cells }) => keys[by](cells[columns.indexOf(name)]));
  const wanted = new Set(keysOf(table, on));
  let best: MetadataTable | undefined;
  let most = 0;
  for (const { read } of others) {
    const other = await read();
    const shared = keysOf(other, to).filter((key) => wanted.has(key)).length;
    if (shared > most) [best, most] = [other, shared];
  }
  return best ? joinTables(table, best, join) : table;
}

function rowsByKey(table: MetadataTable, index: number, key: (cell: string) => string, what: string) {
  const problems = new RowProblems(table.file);
  const rows = new Map<string, MetadataRow>();
  for (const row of table.rows) {
    const cell = row.cells[index];
    const earlier = rows.get(key(cell));
    if (isMissing(cell)) continue;
    if (earlier)
      problems.add(
        placeOfRow(table, row),
        what === 'image' ? 'duplicate-image-id' : 'duplicate-key',
        `${what} ${cell} already stands in row ${placeOfRow(table, earlier).row}; every ${what} may have one row.`,
        'Remove one of the two rows.',
      );
    else rows.set(key(cell), row);
  }
  problems.throwIfAny();
  return rows;
}

/** Of several copies of a photograph the first. */
function rowsByPhotograph({ rows }: MetadataTable, index: number): Map<string, MetadataRow> {
  const found = new Map<string, MetadataRow>();
  for (const row of rows) {
    const key = photographKey(row.cells[index]);
    if (!found.has(key)) found.set(key, row);
  }
  return found;
}

/** A table, and the official split that its rows are of. */
export interface TablePart {
  readonly table: MetadataTable;
  readonly split?: SplitName;
}

/** One table of several below each other, with the columns that any of them has; cells are empty where a table lacks the column. */
export function stackTables(parts: readonly TablePart[]): MetadataTable {
  if (parts.length === 1) {
    const [{ table, split }] = parts;
    return { ...table, splitOf: split ? () => split : table.splitOf };
  }
  const columns = [...new Set(parts.flatMap(({ table }) => table.columns))];
  const origin = new Map<MetadataRow, { readonly part: TablePart; readonly row: MetadataRow }>();
  const rows = parts.flatMap((part) => {
    const from = columns.map((name) => part.table.columns.indexOf(name));
    return part.table.rows.map((row) => {
      const stacked = { number: row.number, cells: from.map((index) => (index < 0 ? '' : row.cells[index])) };
      origin.set(stacked, { part, row });
      return stacked;
    });
  });
  return {
    file: parts[0].table.file,
    columns,
    rows,
    notes: parts.flatMap(({ table }) => table.notes ?? []),
    placeOf(row, column) {
      const { part, row: own } = origin.get(row)!;
      return placeOfRow(part.table, own, column);
    },
    splitOf(row) {
      const { part, row: own } = origin.get(row)!;
      return part.split ?? part.table.splitOf?.(own);
    },
  };
}
