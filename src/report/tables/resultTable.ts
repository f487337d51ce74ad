import type { Interval } from '../../evaluation/metrics/intervals.js';
import { formatCount, formatNumber, formatPercent, withInterval } from '../format.js';

/** A number with what is known of its error. */
export interface Estimate {
  /** Null where it is undefined. */
  readonly value: number | null;
  /** Null where there is none; undefined where none was asked for. */
  readonly interval?: Interval;
  /** A share as percentage, or a number. */
  readonly as: 'percent' | 'number';
  /** After the point. Default 1 of a percentage, 3 of a number. */
  readonly digits?: number;
}

/** A cell: words, a count, or an estimate. */
export type TableCell = string | number | Estimate;

/** A table of results as data: written once, shown as Markdown, in a page, as CSV and as LaTeX. */
export interface ResultTable {
  /** Name of its files, without ending. */
  readonly id: string;
  readonly caption: string;
  readonly columns: readonly { readonly title: string; readonly number?: boolean }[];
  readonly rows: readonly (readonly TableCell[])[];
  /** What to mind, below the table. */
  readonly notes?: readonly string[];
}

/** A share, [0, 1]. */
export const percent = (value: number | null | undefined, interval?: Interval, digits = 1): Estimate => ({
  value: value ?? null,
  interval,
  as: 'percent',
  digits,
});

/** A number that is no share of a hundred. */
export const decimal = (value: number | null | undefined, interval?: Interval, digits = 3): Estimate => ({
  value: value ?? null,
  interval,
  as: 'number',
  digits,
});

/** Columns of numbers under these titles. */
export const numbers = (...titles: readonly string[]): ResultTable['columns'] =>
  titles.map((title) => ({ title, number: true }));

/** A number of an estimate, or a bound of its interval, in words. */
export const showNumber = (value: number | null | undefined, { as, digits }: Estimate): string =>
  as === 'percent' ? formatPercent(value, digits ?? 1) : formatNumber(value, digits ?? 3);

/** A cell for readers: `1,234`, `74.6% (72.2% to 76.9%)`. */
export function cellText(cell: TableCell): string {
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'number') return formatCount(cell);
  return withInterval(cell.value, cell.interval, (value) => showNumber(value, cell));
}
