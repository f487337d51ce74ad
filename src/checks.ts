import { type LesionlabError, usageError } from './errors.js';

/**
 * Checks of what callers hand in: one line a value, at the door of every public function. Each costs a comparison, or one pass over
 * labels or weights; pixels and features are checked by their count only, since a number in them that is none shows in the loss.
 */

/** What a number must be besides finite. */
export interface NumberRange {
  readonly min?: number;
  readonly max?: number;
  /** It must be greater than this. */
  readonly above?: number;
  /** It must be less than this. */
  readonly below?: number;
}

type Values = ArrayLike<number>;

/** The error of a value that doesn't fit. @param expected `a number above 0` @param found said in words where it is no text of yours */
export function unexpected(name: string, expected: string, found: unknown, hint?: string): LesionlabError {
  return usageError('unexpected-value', `${name}: expected ${expected}, found ${describeFound(found)}.`, { hint });
}

/** Words that are to stand in a message as they are. */
export class Words {
  constructor(readonly text: string) {}
}

function describeFound(found: unknown): string {
  if (found instanceof Words) return found.text;
  if (found === undefined) return 'nothing';
  if (typeof found === 'string') return JSON.stringify(found.length > 60 ? `${found.slice(0, 60)}...` : found);
  if (found === null || typeof found !== 'object') return String(found);
  const { length } = found as { length?: unknown };
  return typeof length === 'number' ? `${found.constructor?.name ?? 'an array'} of ${length}` : 'an object';
}

/** False for NaN and the infinities, too: comparisons with the bounds that are left out fail for them. */
function inRange(value: number, { min, max, above, below }: NumberRange): boolean {
  return (
    value > (above ?? Number.NEGATIVE_INFINITY) &&
    value < (below ?? Number.POSITIVE_INFINITY) &&
    (min === undefined || value >= min) &&
    (max === undefined || value <= max)
  );
}

function describeRange({ min, max, above, below }: NumberRange): string {
  const low = min !== undefined ? ` from ${min}` : above !== undefined ? ` above ${above}` : '';
  if (max === undefined) return low + (below === undefined ? '' : `${low && ' and'} below ${below}`);
  return min !== undefined ? `${low} to ${max}` : `${low && `${low} and`} up to ${max}`;
}

/** A finite number of a range. @returns it @throws LesionlabError kind `usage` */
export function requireNumber(name: string, value: number, range: NumberRange = {}): number {
  if (typeof value === 'number' && inRange(value, range)) return value;
  throw unexpected(name, `a ${describeRange(range) ? '' : 'finite '}number${describeRange(range)}`, value);
}

/** A whole number of a range. @returns it @throws LesionlabError kind `usage` */
export function requireInteger(name: string, value: number, range: NumberRange = {}): number {
  if (Number.isSafeInteger(value) && inRange(value, range)) return value;
  throw unexpected(name, `a whole number${describeRange(range)}`, value);
}

/** As many values as there must be. @param why `one for each of 12 images` @throws LesionlabError kind `usage` */
export function requireLength(name: string, values: ArrayLike<unknown>, length: number, why?: string): void {
  if (values?.length === length && typeof values !== 'string') return;
  const found = values && typeof values === 'object' && 'length' in values ? new Words(String(values.length)) : values;
  throw unexpected(name, `${length} values${why ? `, ${why}` : ''}`, found);
}

/** Something at all. @param what `images` @throws LesionlabError kind `usage` */
export function requireSome(name: string, values: ArrayLike<unknown>, what = 'value'): void {
  if (values?.length > 0) return;
  throw unexpected(name, `at least one ${what}`, values?.length === 0 ? new Words('none') : values);
}

/** Finite (and maybe whole) numbers of a range, each of them. @throws LesionlabError kind `usage` that names the place of the first that isn't */
export function requireNumbers(name: string, values: Values, range: NumberRange = {}, whole = false): void {
  const { above = Number.NEGATIVE_INFINITY, below = Number.POSITIVE_INFINITY } = range;
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = range;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    const fits = value > above && value < below && value >= min && value <= max && typeof value === 'number';
    if (!fits || (whole && !Number.isSafeInteger(value)))
      (whole ? requireInteger : requireNumber)(`${name}[${i}]`, value, range);
  }
}

/** Class indices, each a whole number from 0, below the number of classes where that is known. @throws LesionlabError kind `usage` */
export function requireLabels(name: string, labels: Values, classes = Number.POSITIVE_INFINITY): void {
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    if (!(label >= 0 && label < classes && Number.isInteger(label)))
      throw unexpected(
        `${name}[${i}]`,
        `a class index from 0${classes < Number.POSITIVE_INFINITY ? ` to ${classes - 1}` : ''}`,
        label,
      );
  }
}

/** Places in a list of `count`. @throws LesionlabError kind `usage` */
export function requirePlaces(name: string, places: Values, count: number): void {
  requireNumbers(name, places, { min: 0, max: count - 1 }, true);
}

/** One weight a class: finite, at least 0, not all of them 0. @throws LesionlabError kind `usage` */
export function requireWeights(name: string, weights: Values, count: number, why: string): void {
  requireLength(name, weights, count, why);
  requireNumbers(name, weights, { min: 0 });
  for (let i = 0; i < count; i++) if (weights[i] > 0) return;
  throw unexpected(name, 'at least one weight above 0', new Words('only zeros'));
}

/** One weight a part, at least 0, that sum to 1 within rounding. @throws LesionlabError kind `usage` */
export function requireShares(name: string, shares: Values, count: number): void {
  requireLength(name, shares, count, 'one a part');
  requireNumbers(name, shares, { min: 0 });
  let sum = 0;
  for (let i = 0; i < count; i++) sum += shares[i];
  if (Math.abs(sum - 1) > 1e-3) throw unexpected(name, 'numbers that sum to 1', new Words(`a sum of ${sum}`));
}

/** One of a few names. @throws LesionlabError kind `usage` */
export function requireOneOf<T extends string>(name: string, value: T, choices: readonly T[]): T {
  if (choices.includes(value)) return value;
  throw unexpected(name, `one of ${choices.join(', ')}`, value);
}

/** Names that are all different. @throws LesionlabError kind `usage` that names the first that stands twice */
export function requireDistinct(name: string, values: readonly (string | number)[]): void {
  if (new Set(values).size === values.length) return;
  const double = values.find((value, i) => values.indexOf(value) < i);
  throw unexpected(name, 'each name once', new Words(`"${double}" twice`));
}
