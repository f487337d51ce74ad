import type { PredictionComparison } from '../../evaluation/comparison/comparePredictions.js';
import { formatCount, formatPercent } from '../format.js';
import { metricName } from '../metricNames.js';
import { decimal, numbers, type ResultTable } from './resultTable.js';

/** Two sets of answers to the same images. @param classes how many there are @param place of the second among those compared, from 1 */
export function comparisonTable(
  comparison: PredictionComparison,
  classes: number,
  first: string,
  second: string,
  place: number,
): ResultTable {
  const { images, lesions, level, metrics, mcNemar } = comparison;
  const { onlyFirst, onlySecond, pValue } = mcNemar;
  return {
    id: `comparison-${place}`,
    caption: `${second} less ${first}, on the same ${formatCount(images)} images of ${formatCount(lesions)} lesions, paired, with ${formatPercent(level, 0)} intervals.`,
    columns: [{ title: 'Measure' }, ...numbers(first, second, 'Difference')],
    rows: metrics.map(({ metric, first: a, second: b, difference, interval }) => [
      metricName(metric, classes),
      decimal(a),
      decimal(b),
      decimal(difference, interval, 4),
    ]),
    notes: [
      `Only ${first} is right about ${formatCount(onlyFirst)} images, only ${second} about ${formatCount(onlySecond)}. McNemar's exact test, as if images were independent: p = ${
        pValue < 0.001 ? pValue.toExponential(1) : pValue.toFixed(3)
      }.`,
    ],
  };
}
