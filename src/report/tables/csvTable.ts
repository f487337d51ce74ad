import { csvFormatRows } from 'd3-dsv';
import type { ResultTable, TableCell } from './resultTable.js';

/**
 * A table as CSV for programs: a column a number, and two more for its interval where it has one. Numbers are whole, shares are shares of 1;
 * what is undefined is empty.
 */
export function csvTable({ columns, rows }: ResultTable): string {
  const hasInterval = columns.map((_, i) => rows.some((row) => isEstimate(row[i]) && row[i].interval !== undefined));
  const header = columns.flatMap(({ title }, i) =>
    hasInterval[i] ? [title, `${title}, low`, `${title}, high`] : [title],
  );
  const lines = rows.map((row) =>
    row.flatMap((cell, i) => {
      if (!hasInterval[i]) return [plain(cell)];
      const interval = isEstimate(cell) ? cell.interval : null;
      return [plain(cell), ...(interval ? interval.map(String) : ['', ''])];
    }),
  );
  return `${csvFormatRows([header, ...lines])}\n`;
}

type Estimated = Exclude<TableCell, string | number>;
const isEstimate = (cell: TableCell): cell is Estimated => typeof cell === 'object';

function plain(cell: TableCell): string {
  if (typeof cell === 'string') return asWritten(cell);
  if (typeof cell === 'number') return String(cell);
  return cell.value === null || !Number.isFinite(cell.value) ? '' : String(cell.value);
}

/** Spreadsheets run what begins like a formula; names come from other people's files. */
export function asWritten(cell: string): string {
  return /^[=+@]/.test(cell) ? `'${cell}` : cell;
}
