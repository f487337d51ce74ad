import type { DatasetColumn, ImageRecord, ValueBand } from '../dataset.js';
import { isMissing, isUnknown, readNumber } from './columnValues.js';
import { columnCells, type MetadataTable } from './metadataTable.js';
import type { TableCells } from './tableCells.js';

/** A column by its name, or columns by a pattern of their names, in lower case. */
export type ColumnPattern = string | RegExp;

/** What a format says of its further columns; of a column that is in several lists, `never` counts before `subgroup` before `input`. */
export interface ColumnRoles {
  readonly never?: readonly ColumnPattern[];
  readonly subgroup?: readonly ColumnPattern[];
  readonly input?: readonly ColumnPattern[];
  /** Of columns in none of the lists; they are not kept where undefined. */
  readonly rest?: DatasetColumn['role'];
  /** By the names of columns of numbers: the groups that their values form. */
  readonly bands?: Readonly<Record<string, readonly ValueBand[]>>;
}

/** What a table's further columns say, by row. */
export interface FurtherColumns {
  readonly columns: readonly DatasetColumn[];
  /** Gives a record its `values`. */
  give(record: ImageRecord, row: number): void;
}

const order = ['never', 'subgroup', 'input'] as const;

/** What a column may be used for, undefined where it is not kept. */
export function roleOfColumn(name: string, roles: ColumnRoles): DatasetColumn['role'] | undefined {
  const matches = (pattern: ColumnPattern) => (typeof pattern === 'string' ? pattern === name : pattern.test(name));
  return order.find((role) => roles[role]?.some(matches)) ?? roles.rest;
}

/**
 * Reads the columns of a table that have a role: numbers where every cell that says something is one, else text; what is missing is null.
 * @param taken columns that records are made of already
 */
export function readFurtherColumns(
  table: Pick<MetadataTable, 'columns' | 'rows'>,
  roles: ColumnRoles,
  taken: ReadonlySet<string> = new Set(),
): FurtherColumns {
  const kept = table.columns.flatMap((name, index) => {
    const role = name === '' || taken.has(name) ? undefined : roleOfColumn(name, roles);
    return role === undefined ? [] : [{ name, role, ...readColumn(columnCells(table, index)) }];
  });
  const columns = kept.map(({ name, kind, role }) => {
    const bands = kind === 'number' ? roles.bands?.[name] : undefined;
    return { name, kind, role, ...(bands && { bands }) };
  });
  if (kept.length === 0) return { columns, give() {} };
  // Half a million records of fifty columns would be gigabytes: what they say is put together when it is asked for.
  const values = {
    enumerable: true,
    configurable: true,
    get(this: { readonly [place]: number }) {
      return Object.fromEntries(kept.map(({ name, at }) => [name, at(this[place])]));
    },
  };
  return {
    columns,
    give: (record, row) =>
      void Object.defineProperty(Object.defineProperty(record, place, { value: row }), 'values', values),
  };
}

/** Where a record stood in its table; not copied with it, as what `values` says is. */
const place = Symbol('row of the table');

interface ReadColumn {
  readonly kind: DatasetColumn['kind'];
  at(row: number): string | number | null;
}

function readColumn(cells: TableCells): ReadColumn {
  let others = 0;
  let said = 0;
  const read = (cell: string) => {
    if (isUnknown(cell)) return Number.NaN;
    said++;
    const number = readNumber(cell);
    if (Number.isNaN(number)) others++;
    return number;
  };
  const numbers = cells.numbers(read);
  const isNumber = others === 0 && (said > 0 || numbers.some((number) => !Number.isNaN(number)));
  if (isNumber) return { kind: 'number', at: (row) => (Number.isNaN(numbers[row]) ? null : numbers[row]) };
  const texts = cells.map((cell) => (isMissing(cell) ? null : cell));
  return { kind: 'text', at: (row) => texts[row] };
}
