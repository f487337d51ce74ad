import type { DatasetColumn, ValueBand } from '../dataset.js';
import { isMissing, isUnknown, readNumber } from './columnValues.js';
import type { MetadataTable } from './metadataTable.js';

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
  valuesOf(row: number): Readonly<Record<string, string | number | null>> | undefined;
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
  { columns, rows }: Pick<MetadataTable, 'columns' | 'rows'>,
  roles: ColumnRoles,
  taken: ReadonlySet<string> = new Set(),
): FurtherColumns {
  const kept = columns.flatMap((name, index) => {
    const role = name === '' || taken.has(name) ? undefined : roleOfColumn(name, roles);
    if (role === undefined) return [];
    const said = rows.filter(({ cells }) => !isUnknown(cells[index]));
    const isNumber = said.length > 0 && said.every(({ cells }) => !Number.isNaN(readNumber(cells[index])));
    return [{ name, index, role, kind: isNumber ? ('number' as const) : ('text' as const) }];
  });
  return {
    columns: kept.map(({ name, kind, role }) => {
      const bands = kind === 'number' ? roles.bands?.[name] : undefined;
      return { name, kind, role, ...(bands && { bands }) };
    }),
    valuesOf(row) {
      if (kept.length === 0) return undefined;
      const { cells } = rows[row];
      const values: Record<string, string | number | null> = {};
      for (const { name, index, kind } of kept) {
        const cell = cells[index];
        if (kind === 'number') values[name] = isUnknown(cell) ? null : readNumber(cell);
        else values[name] = isMissing(cell) ? null : cell;
      }
      return values;
    },
  };
}
