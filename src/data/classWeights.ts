import type { ImageRecord } from './dataset.js';
import { median } from './median.js';

export type ClassWeightsKind = 'median-frequency' | 'square-root' | 'none';

/**
 * Loss weights that make rare classes count: median-frequency balancing gives a class the median of all classes' counts
 * divided by its own (Eigen and Fergus 2015, section 4.3.2, with counts of images); `square-root` takes the square root of
 * that, a milder correction; `none` is 1 throughout.
 * @param counts training images by class, [K]
 * @returns weights in class order; 0 for a class without images, which plays no part in the median either
 */
export function classWeights(counts: readonly number[], kind: ClassWeightsKind): number[] {
  if (kind === 'none') return counts.map(() => 1);
  const middle = median(counts.filter((count) => count > 0));
  return counts.map((count) => {
    if (count === 0) return 0;
    return kind === 'square-root' ? Math.sqrt(middle / count) : middle / count;
  });
}

/** Images by class, [K]. */
export function countClasses(records: readonly Pick<ImageRecord, 'label'>[], classCount: number): number[] {
  const counts = new Array<number>(classCount).fill(0);
  for (const { label } of records) counts[label]++;
  return counts;
}
