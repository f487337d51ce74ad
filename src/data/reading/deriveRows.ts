import { placeOfRow } from './joinTables.js';
import type { MetadataRow, MetadataTable } from './metadataTable.js';

/** A table made of another's rows, and which of these each of its rows is made of. */
export interface DerivedTable {
  readonly table: MetadataTable;
  rowOf(row: MetadataRow): MetadataRow;
}

/**
 * A table with other rows, each made of one of the first's, whose place in the file and split it keeps.
 * @param cellsOf cells of the rows that become of a row: none, one, or several
 */
export function deriveRows(
  table: MetadataTable,
  columns: readonly string[],
  cellsOf: (row: MetadataRow, place: number) => readonly (readonly string[])[],
): DerivedTable {
  const origin = new Map<MetadataRow, MetadataRow>();
  const rows = table.rows.flatMap((row, place) =>
    cellsOf(row, place).map((cells) => {
      const derived = { number: row.number, cells };
      origin.set(derived, row);
      return derived;
    }),
  );
  const rowOf = (row: MetadataRow) => origin.get(row)!;
  return {
    table: {
      ...table,
      columns,
      rows,
      placeOf: (row, column) => placeOfRow(table, rowOf(row), column),
      splitOf: table.splitOf && ((row) => table.splitOf!(rowOf(row))),
    },
    rowOf,
  };
}
