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

/** How class weights follow from counts: see `classWeights`. */
export type ClassWeightsKind = 'median-frequency' | 'square-root' | 'none';

/**
 * Loss weights that make rare classes count: median-frequency balancing gives a class the median of all classes' counts
 * divided by its own (Eigen and Fergus 2015, section 4.3.2, with counts of images); `square-root` takes the square root of
 * that, a milder correction; `none` is 1 throughout.
 * @param counts training images by class, [K]
 * @returns weights in class order; 0 for a class without images, which plays no part in the median either
 * @throws LesionlabError kind `usage` for counts that are none, or all 0
 */
export function classWeights(counts: readonly number[], kind: ClassWeightsKind): number[] {
  requireSome('counts', counts, 'class');
  requireNumbers('counts', counts, { min: 0 }, true);
  requireOneOf('kind', kind, ['median-frequency', 'square-root', 'none']);
  if (counts.every((count) => count === 0)) throw unexpected('counts', 'images of some class', new Words('none'));
  if (kind === 'none') return counts.map(() => 1);
  const middle = median(counts.filter((count) => count > 0));
  return counts.map((count) => {
    if (count === 0) return 0;
    return kind === 'square-root' ? Math.sqrt(middle / count) : middle / count;
  });
}

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
