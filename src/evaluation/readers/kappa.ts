import { requireInteger, requireLength, requireNumber } from '../../checks.js';
import { normalBound } from '../distributions/normal.js';
import type { Interval } from '../metrics/intervals.js';

/** Agreement beyond chance, with its interval. */
export interface Kappa {
  /** Up to 1; 0 is what chance gives. Null where all answers are one and the same: nothing could disagree. */
  readonly kappa: number | null;
  readonly standardError: number | null;
  readonly interval: Interval;
  /** Images with two or more answers. */
  readonly images: number;
  /** Share of pairs of answers that agree, [0, 1]. */
  readonly agreement: number;
}

/** Further choices for the kappas. */
export interface KappaOptions {
  /** [N], the lesion of each image, numbered from 0: images that are not independent. Default each its own. */
  readonly clusterOf?: ArrayLike<number>;
  /** Share of such intervals that hold the truth, (0, 1). Default 0.95. */
  readonly level?: number;
}

/**
 * Cohen's kappa of two readers, each with answers of their own frequency. The error is that of a smooth function of means (Fleiss, Cohen and Everitt 1969), the
 * parts of each lesion's images added up, times I / (I - 1) for I lesions.
 * Source: J. Cohen, A coefficient of agreement for nominal scales, Educ Psychol Meas 20 (1960) 37-46.
 * @param first [N], categories from 0 @param second [N]
 * @throws LesionlabError kind `usage` where lengths don't fit or a category is none
 */
export function cohensKappa(first: ArrayLike<number>, second: ArrayLike<number>, options: KappaOptions = {}): Kappa {
  const images = first.length;
  requireLength('second', second, images, `one for each of ${images} answers`);
  const categories = 1 + Math.max(highestCategory('first', first), highestCategory('second', second));
  const [before, after] = [shares(first, categories), shares(second, categories)];
  let [agreed, expected] = [0, 0];
  for (let i = 0; i < images; i++) agreed += first[i] === second[i] ? 1 / images : 0;
  for (let k = 0; k < categories; k++) expected += before[k] * after[k];
  const parts = Float64Array.from({ length: images }, (_, i) => {
    const own = (first[i] === second[i] ? 1 : 0) - agreed;
    const chance = after[first[i]] + before[second[i]] - 2 * expected;
    return own / (1 - expected) - ((1 - agreed) * chance) / (1 - expected) ** 2;
  });
  return finish(agreed, expected, parts, options);
}

/**
 * Fleiss's kappa of any number of readers, who may have answered about different images: images with fewer than two answers are left out. Chance agreement is
 * from the shares of the answers, each image counting the same. Errors as in `cohensKappa` (for independent images, K. L. Gwet's of 2008).
 * Source: J. L. Fleiss, Measuring nominal scale agreement among many raters, Psychol Bull 76 (1971) 378-382.
 * @param answers [N], the categories (from 0) that readers gave each image
 * @throws LesionlabError kind `usage` where a category is none
 */
export function fleissKappa(answers: readonly ArrayLike<number>[], options: KappaOptions = {}): Kappa {
  const { clusterOf } = options;
  if (clusterOf) requireLength('clusterOf', clusterOf, answers.length, `one for each of ${answers.length} images`);
  const categories = 1 + answers.reduce((most, own, i) => Math.max(most, highestCategory(`answers[${i}]`, own)), -1);
  const rated = answers.map((_, i) => i).filter((i) => answers[i].length > 1);
  const rows = rated.map((i) => shares(answers[i], categories));
  const agreements = rows.map((row, place) => {
    const readers = answers[rated[place]].length;
    return row.reduce((sum, share) => sum + share * (share * readers - 1), 0) / (readers - 1);
  });
  const means = Float64Array.from({ length: categories }, (_, k) => meanOver(rows, (row) => row[k]));
  const agreed = meanOver(agreements, (value) => value);
  const expected = means.reduce((sum, share) => sum + share * share, 0);
  const parts = Float64Array.from(rows, (row, place) => {
    const chance = 2 * (row.reduce((sum, share, k) => sum + share * means[k], 0) - expected);
    return (agreements[place] - agreed) / (1 - expected) - ((1 - agreed) * chance) / (1 - expected) ** 2;
  });
  const clusters = clusterOf && { clusterOf: rated.map((i) => clusterOf[i]) };
  return finish(agreed, expected, parts, { ...options, ...clusters });
}

function finish(
  agreement: number,
  expected: number,
  parts: Float64Array,
  { clusterOf, level = 0.95 }: KappaOptions,
): Kappa {
  requireNumber('level', level, { above: 0, below: 1 });
  const images = parts.length;
  if (clusterOf) requireLength('clusterOf', clusterOf, images, `one for each of ${images} images`);
  // Rounding aside, chance alone would agree always.
  if (images === 0 || 1 - expected < 1e-12)
    return { kappa: null, standardError: null, interval: null, images, agreement: images === 0 ? 0 : agreement };
  const kappa = (agreement - expected) / (1 - expected);
  const sums = new Map<number, number>();
  for (const [i, part] of parts.entries()) {
    const cluster = clusterOf ? clusterOf[i] : i;
    sums.set(cluster, (sums.get(cluster) ?? 0) + part / images);
  }
  const lesions = sums.size;
  let squares = 0;
  for (const sum of sums.values()) squares += sum * sum;
  if (lesions < 2 || squares < 1e-24) return { kappa, standardError: null, interval: null, images, agreement };
  const standardError = Math.sqrt((squares * lesions) / (lesions - 1));
  const half = normalBound(level) * standardError;
  return { kappa, standardError, interval: [Math.max(kappa - half, -1), Math.min(kappa + half, 1)], images, agreement };
}

function highestCategory(name: string, answers: ArrayLike<number>): number {
  let most = -1;
  for (let i = 0; i < answers.length; i++)
    most = Math.max(most, requireInteger(`${name}[${i}]`, answers[i], { min: 0 }));
  return most;
}

function shares(answers: ArrayLike<number>, categories: number): Float64Array {
  const found = new Float64Array(categories);
  for (let i = 0; i < answers.length; i++) found[answers[i]] += 1 / answers.length;
  return found;
}

function meanOver<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((sum, value) => sum + of(value), 0) / values.length;
}
