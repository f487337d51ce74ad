import {
  requireInteger,
  requireLabels,
  requireNumbers,
  requireOneOf,
  requireSome,
  unexpected,
  Words,
} from '../checks.js';
import type { ImageRecord } from './dataset.js';
import { median } from './median.js';

/** Ways to class weights: see `classWeights`. */
export const classWeightsKinds = ['median-frequency', 'square-root', 'inverse', 'effective-number', 'none'] as const;
/** How class weights follow from counts: see `classWeights`. */
export type ClassWeightsKind = (typeof classWeightsKinds)[number];

/** Of the effective number: each image of a class shows so much of what others have not shown. */
const novelty = 0.999;

/**
 * Loss weights that make rare classes count: median-frequency balancing gives a class the median of all classes' counts
 * divided by its own (Eigen and Fergus 2015, section 4.3.2, with counts of images); `square-root` takes the square root of
 * that, a milder correction; `inverse` is N / (K n), as scikit-learn's `balanced` (King and Zeng 2001); `effective-number` is the inverse of
 * (1 - 0.999^n) / (1 - 0.999), scaled to a mean of 1 (Cui et al. 2019, arXiv:1901.05555): beyond some thousand images, more of a class add little; `none` is 1 throughout.
 * @param counts training images by class, [K]
 * @returns weights in class order; 0 for a class without images, which plays no part in the median either
 * @throws LesionlabError kind `usage` for counts that are none, or all 0
 */
export function classWeights(counts: readonly number[], kind: ClassWeightsKind): number[] {
  requireSome('counts', counts, 'class');
  requireNumbers('counts', counts, { min: 0 }, true);
  requireOneOf('kind', kind, classWeightsKinds);
  if (counts.every((count) => count === 0)) throw unexpected('counts', 'images of some class', new Words('none'));
  if (kind === 'none') return counts.map(() => 1);
  const present = counts.filter((count) => count > 0);
  const weightOf = weightRules[kind](present);
  return counts.map((count) => (count === 0 ? 0 : weightOf(count)));
}

/** Weight of a class by its count, given the counts of all classes that have images. */
const weightRules: Readonly<
  Record<Exclude<ClassWeightsKind, 'none'>, (present: readonly number[]) => (count: number) => number>
> = {
  'median-frequency': (present) => {
    const middle = median(present);
    return (count) => middle / count;
  },
  'square-root': (present) => {
    const middle = median(present);
    return (count) => Math.sqrt(middle / count);
  },
  inverse: (present) => {
    const total = present.reduce((sum, count) => sum + count, 0);
    return (count) => total / (present.length * count);
  },
  'effective-number': (present) => {
    const inverse = (count: number) => (1 - novelty) / (1 - novelty ** count);
    const mean = present.reduce((sum, count) => sum + inverse(count), 0) / present.length;
    return (count) => inverse(count) / mean;
  },
};

/** Images by class, [K]. @throws LesionlabError kind `usage` for a label that is no class */
export function countClasses(records: readonly Pick<ImageRecord, 'label'>[], classCount: number): number[] {
  requireInteger('classCount', classCount, { min: 1 });
  const counts = new Array<number>(classCount).fill(0);
  requireLabels(
    'labels of the records',
    records.map(({ label }) => label),
    classCount,
  );
  for (const { label } of records) counts[label]++;
  return counts;
}
