import type { Interval } from '../evaluation/metrics/intervals.js';

/** Numbers as people read them. */

/** 10015 as `10,015`. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** `1 image`, `2 images`. */
export function formatCountOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

/** With the sign that is as wide as a plus, in place of a hyphen. */
const fixed = (value: number, digits: number): string => value.toFixed(digits).replace('-', '−');

/** A share in [0, 1] as `74.2%`; what is not a number as a dash. */
export function formatPercent(share: number | null | undefined, digits = 1): string {
  return share === null || share === undefined || !Number.isFinite(share) ? '–' : `${fixed(share * 100, digits)}%`;
}

/** A number with a fixed count of digits; what is not a number as a dash. */
export function formatNumber(value: number | null | undefined, digits = 3): string {
  return value === null || value === undefined || !Number.isFinite(value) ? '–' : fixed(value, digits);
}

/** A difference of shares in percentage points, with its sign: `+3.1`. */
export function signedPoints(difference: number): string {
  return `${difference < 0 ? '−' : '+'}${(100 * Math.abs(difference)).toFixed(1)}`;
}

/** A difference with its sign and three digits: `+0.013`. */
export function signedNumber(difference: number): string {
  return `${difference < 0 ? '−' : '+'}${formatNumber(Math.abs(difference))}`;
}

/** Seconds as `0.4 s`, `45 s`, `12 min`, `1 h 5 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 0.05) return 'less than 0.1 s';
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `a`, `a and b`, `a, b and c`. */
export function formatList(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** A column's value for readers: `lower extremity`, `not recorded` for a missing one. */
export function formatValue(value: string): string {
  return value === 'missing' ? 'not recorded' : value.replaceAll('_', ' ');
}

/** `74.6% (72.2% to 76.9%)`; `(–)` where there is none, nothing where none was asked for. */
export function withInterval(
  value: number | null | undefined,
  interval: Interval | undefined,
  show: (value: number | null | undefined) => string = formatPercent,
): string {
  if (interval === undefined) return show(value);
  return `${show(value)} (${interval === null ? '–' : `${show(interval[0])} to ${show(interval[1])}`})`;
}
