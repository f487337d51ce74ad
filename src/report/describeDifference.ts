import type { PredictionComparison } from '../evaluation/comparison/comparePredictions.js';
import { formatCount, formatNumber } from './format.js';

/**
 * By how much one balanced accuracy differs from another on the same images, as a sentence; empty where the comparison lacks it.
 * @param what whose balanced accuracy, the sentence's subject
 * @param other what it is compared with
 */
export function describeDifference(
  { metrics, lesions }: PredictionComparison,
  what: string,
  other: string,
): readonly string[] {
  const found = metrics.find(({ metric }) => metric === 'balancedAccuracy');
  if (!found) return [];
  const { difference, interval } = found;
  const points = (value: number) => `${value < 0 ? '−' : '+'}${formatNumber(100 * Math.abs(value), 1)}`;
  const bounds = interval ? ` (95% interval of the difference ${points(interval[0])} to ${points(interval[1])})` : '';
  const unclear = interval && interval[0] <= 0 && interval[1] >= 0;
  return [
    `${what} is ${formatNumber(100 * Math.abs(difference), 1)} percentage points ${
      difference < 0 ? 'lower' : 'higher'
    } than ${other}${bounds}; both were scored on the same ${formatCount(lesions)} lesions.${
      unclear ? ' The interval holds 0: it may be chance.' : ''
    }`,
  ];
}
