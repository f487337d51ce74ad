import { isUnknown, readNumber } from '../reading/columnValues.js';
import type { DatasetSource } from '../reading/datasetSource.js';
import { columnCells, type MetadataTable } from '../reading/metadataTable.js';

/** What a column looks like, before it is known what it means. */
export interface ColumnProfile {
  readonly name: string;
  readonly rows: number;
  /** Rows that say something. */
  readonly filled: number;
  /** Different values among these. */
  readonly distinct: number;
  /** Share of the filled cells that are numbers. */
  readonly numbers: number;
  /** Share of the filled cells that name an image that is there. */
  readonly images: number;
  /** Most frequent values with how often they occur, at most 12. */
  readonly values: readonly (readonly [value: string, count: number])[];
  /** The cells, empty where they say nothing. */
  readonly cells: readonly string[];
}

const kept = 12;

/** Looks at one column of a table. @param source to see whether its cells name images @param marks of nothing beside the usual ones, in lower case */
export function profileColumn(
  table: MetadataTable,
  index: number,
  source: Pick<DatasetSource, 'images'>,
  marks: ReadonlySet<string> = new Set(),
): ColumnProfile {
  const says = (cell: string) => !isUnknown(cell) && (marks.size === 0 || !marks.has(cell.toLowerCase()));
  const cells = columnCells(table, index).map((cell) => (says(cell) ? cell : ''));
  const filled = cells.filter((cell) => cell !== '');
  const counts = new Map<string, number>();
  for (const cell of filled) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  const numbers = filled.filter((cell) => !Number.isNaN(readNumber(cell))).length;
  const images = countImages(filled, source);
  const share = (count: number) => (filled.length === 0 ? 0 : count / filled.length);
  return {
    name: table.columns[index],
    rows: table.rows.length,
    filled: filled.length,
    distinct: counts.size,
    numbers: share(numbers),
    images: share(images),
    values: [...counts].sort(([, a], [, b]) => b - a).slice(0, kept),
    cells,
  };
}

/** Cells that name an image that is there. Most columns of a large table name none, which a few of their cells tell. */
function countImages(cells: readonly string[], { images }: Pick<DatasetSource, 'images'>): number {
  const count = (some: readonly string[]) => some.filter((cell) => images.has(cell.replaceAll('\\', '/'))).length;
  const step = Math.ceil(cells.length / looks);
  const some = cells.filter((_, i) => i % step === 0);
  return count(some) === 0 ? 0 : count(cells);
}

const looks = 500;

/** `2,298` */
export const count = (n: number): string => n.toLocaleString('en');

/** `one image`, `2,298 images`. */
export const several = (n: number, one: string, many = `${one}s`): string =>
  n === 1 ? `one ${one}` : `${count(n)} ${many}`;

/** `"nv" (670), "mel" (111) and 5 more`. */
export function describeValues({ values, distinct }: Pick<ColumnProfile, 'values' | 'distinct'>, shown = 4): string {
  const some = values.slice(0, shown).map(([value, n]) => `${value} (${count(n)})`);
  const more = distinct - some.length;
  return more > 0 ? `${some.join(', ')} and ${count(more)} more` : some.join(', ');
}

/** `93%` */
export const percent = (share: number): string => `${Math.round(100 * share)}%`;
