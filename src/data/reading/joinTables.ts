import type { SplitName } from '../dataset.js';
import { isMissing } from './columnValues.js';
import type { SourceTable } from './datasetSource.js';
import { imageKey, photographKey } from './imageIds.js';
import {
  cellOf,
  columnCells,
  knowColumns,
  type MetadataRow,
  type MetadataTable,
  RowProblems,
  type TablePlace,
} from './metadataTable.js';
import { cellsAtPlaces } from './tableCells.js';

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
  const own = table.columns.length;
  const parts = { own, from };
  const rows = table.rows.map((row) => {
    const cell = cellOf(row, onIndex);
    const found = isMissing(cell) ? undefined : (rowOf.get(key(cell)) ?? loose?.get(photographKey(cell)));
    return new JoinedRow(row, found, parts);
  });
  const isAdded = new Set(added);
  let places: Int32Array | undefined;
  knowColumns(rows, (index) => {
    if (index < own) return columnCells(table, index);
    places ??= placesIn(other, rows);
    return cellsAtPlaces(columnCells(other, from[index - own]), places);
  });
  return {
    file: table.file,
    columns: [...table.columns, ...added],
    rows,
    notes: [...(table.notes ?? []), ...(other.notes ?? [])],
    placeOf(row, column) {
      const { base, found } = row as JoinedRow;
      return found && column !== undefined && isAdded.has(column)
        ? placeOfRow(other, found, column)
        : placeOfRow(table, base, column);
    },
    splitOf: table.splitOf && ((row) => table.splitOf!((row as JoinedRow).base)),
  };
}

/** A row with what another table says of it. */
class JoinedRow implements MetadataRow {
  constructor(
    readonly base: MetadataRow,
    readonly found: MetadataRow | undefined,
    readonly columns: { readonly own: number; readonly from: readonly number[] },
  ) {}

  get number(): number {
    return this.base.number;
  }

  get cells(): readonly string[] {
    const more = this.found?.cells;
    return [...this.base.cells, ...this.columns.from.map((index) => more?.[index] ?? '')];
  }

  cell(index: number): string {
    const { own, from } = this.columns;
    if (index < own) return cellOf(this.base, index);
    return this.found ? cellOf(this.found, from[index - own]) : '';
  }
}

/** Where the rows that were found stand in their table; -1 for none. */
function placesIn({ rows }: MetadataTable, joined: readonly JoinedRow[]): Int32Array {
  const placeOf = new Map(rows.map((row, place) => [row, place]));
  return Int32Array.from(joined, ({ found }) => (found ? placeOf.get(found)! : -1));
}

/** Of some tables the one with most of another's keys, joined to it; the table itself where none has any of them. */
export async function joinBest(
  table: MetadataTable,
  others: readonly Pick<SourceTable, 'read'>[],
  join: TableJoin,
): Promise<MetadataTable> {
  const { on, to = on, by = 'text' } = join;
  if (others.length === 0) return table;
  const keysOf = (of: MetadataTable, name: string) => columnCells(of, of.columns.indexOf(name)).map(keys[by]);
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
    const cell = cellOf(row, index);
    const earlier = rows.get(key(cell));
    if (isMissing(cell)) continue;
    if (earlier) {
      // Word for word the same row says nothing new.
      const { cells } = row;
      if (earlier.cells.every((one, column) => one === cells[column])) continue;
      problems.add(
        placeOfRow(table, row),
        what === 'image' ? 'duplicate-image-id' : 'duplicate-key',
        `${what} ${cell} already stands in row ${placeOfRow(table, earlier).row}; every ${what} may have one row.`,
        'Remove one of the two rows.',
      );
    } else rows.set(key(cell), row);
  }
  problems.throwIfAny();
  return rows;
}

/** Of several copies of a photograph the first. */
function rowsByPhotograph({ rows }: MetadataTable, index: number): Map<string, MetadataRow> {
  const found = new Map<string, MetadataRow>();
  for (const row of rows) {
    const key = photographKey(cellOf(row, index));
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
  const rows = parts.flatMap((part) => {
    const from = columns.map((name) => part.table.columns.indexOf(name));
    return part.table.rows.map((row) => new StackedRow(part, row, from));
  });
  return {
    file: parts[0].table.file,
    columns,
    rows,
    notes: parts.flatMap(({ table }) => table.notes ?? []),
    placeOf(row, column) {
      const { part, own } = row as StackedRow;
      return placeOfRow(part.table, own, column);
    },
    splitOf(row) {
      const { part, own } = row as StackedRow;
      return part.split ?? part.table.splitOf?.(own);
    },
  };
}

/** A row of one of several tables that are read as one. */
class StackedRow implements MetadataRow {
  constructor(
    readonly part: TablePart,
    readonly own: MetadataRow,
    readonly from: readonly number[],
  ) {}

  get number(): number {
    return this.own.number;
  }

  get cells(): readonly string[] {
    const { cells } = this.own;
    return this.from.map((index) => (index < 0 ? '' : cells[index]));
  }

  cell(index: number): string {
    return this.from[index] < 0 ? '' : cellOf(this.own, this.from[index]);
  }
}
