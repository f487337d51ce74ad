import { readableWidth } from './terminalWidth.js';

/** A last column isn't made narrower than this: its words would mean nothing. */
const narrowest = 8;

/**
 * A table for the terminal: columns as wide as needed, numbers to the right.
 * @param width most columns of the terminal to fill; what is too long in the last column is cut, with an ellipsis
 */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { width = Number.POSITIVE_INFINITY }: { readonly width?: number } = {},
): string {
  const needed = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i].length)));
  const before = needed.slice(0, -1).reduce((sum, column) => sum + column + 2, 0);
  const room = Math.max(narrowest, width - before);
  const widths = needed.map((column, i) => (i === needed.length - 1 ? Math.min(column, room) : column));
  const isNumber = header.map(
    (_, i) => rows.length > 0 && rows.every((row) => /^([-–]|[-−+]?[\d.,]+ ?%?)$/.test(row[i])),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => shorten(cell, widths[i]))
      .map((cell, i) => (isNumber[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join('  ')
      .trimEnd();
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/**
 * The same table where it fits into `width` columns (80 where that has no end); else several, one below the other, each beginning with the first columns.
 * @param keep how many columns begin each of them @param together columns after these come in groups of this many: a value and its interval
 */
export function formatFoldedTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  {
    width: given,
    keep = 1,
    together = 1,
  }: { readonly width: number; readonly keep?: number; readonly together?: number },
): string {
  const width = readableWidth(given);
  const needed = (column: number) => 2 + Math.max(header[column].length, ...rows.map((row) => row[column].length));
  const sum = (columns: readonly number[]) => columns.reduce((total, column) => total + needed(column), -2);
  const first = [...Array(keep).keys()];
  const parts: number[][] = [];
  for (let column = keep; column < header.length; column += together) {
    const group = Array.from({ length: Math.min(together, header.length - column) }, (_, i) => column + i);
    const last = parts.at(-1);
    if (last && sum([...first, ...last, ...group]) <= width) last.push(...group);
    else parts.push(group);
  }
  return parts
    .map((part) => {
      const columns = [...first, ...part];
      const take = (row: readonly string[]) => columns.map((column) => row[column]);
      return formatTable(take(header), rows.map(take));
    })
    .join('\n\n');
}

function shorten(words: string, width: number): string {
  return words.length <= width ? words : `${words.slice(0, width - 1).trimEnd()}…`;
}
