import { rowShares } from '../../evaluation/metrics/confusionMatrix.js';
import { formatCount, formatCountOf, formatPercent } from '../format.js';
import type { ChartOptions } from './chartOptions.js';
import { heatTable, shareText } from './heatTable.js';

/** How a confusion matrix is drawn. */
export interface ConfusionMatrixOptions extends ChartOptions {
  /** Default `Confusion matrix`. */
  readonly title?: string;
  /** File name without ending; default `confusion-matrix`. */
  readonly name?: string;
  /** Where a cell's images are in the page; undefined for none. */
  readonly linkOf?: (truth: number, predicted: number) => string | undefined;
}

/**
 * Images by true class (rows) and predicted class (columns): counts, and under them the share of the row, which on the
 * diagonal is the recall.
 * @param matrix [K][K], `[true][predicted]`, images
 */
export function confusionMatrixChart(
  matrix: readonly (readonly number[])[],
  classes: readonly { readonly id: string; readonly name: string }[],
  options: ConfusionMatrixOptions = {},
): string {
  const shares = rowShares(matrix);
  return heatTable(
    {
      name: options.name ?? 'confusion-matrix',
      title: options.title ?? 'Confusion matrix',
      subtitle: 'Images and share of the row; right answers are framed.',
      description: `Table shaded by share of its row. ${classes
        .map((truth, row) => describeRow(truth.name, matrix[row], shares[row], row))
        .join('; ')}.`,
      rows: classes.map(({ name, id }) => ({ label: name === id ? id : `${id} · ${name}` })),
      columns: classes.map(({ id }) => id),
      cells: matrix.map((row, truth) =>
        row.map((count, predicted) => ({
          share: shares[truth][predicted],
          lines: count === 0 ? ['0'] : [formatCount(count), shareText(shares[truth][predicted])],
          link: linkOf(truth, predicted, count),
        })),
      ),
      rowAxis: 'True diagnosis',
      columnAxis: 'Predicted diagnosis',
      rowHeight: 46,
      diagonal: true,
    },
    options,
  );

  function linkOf(truth: number, predicted: number, count: number) {
    const href = options.linkOf?.(truth, predicted);
    if (href === undefined) return undefined;
    const [name, taken] = [classes[truth].name, classes[predicted].name];
    return { href, label: `${name} called ${taken}: ${formatCountOf(count, 'image')}` };
  }

  function describeRow(name: string, counts: readonly number[], row: readonly number[], truth: number): string {
    const total = counts.reduce((sum, count) => sum + count, 0);
    const others = counts
      .map((count, predicted) => ({ count, predicted }))
      .filter(({ count, predicted }) => predicted !== truth && count > 0)
      .sort((a, b) => b.count - a.count);
    const mistaken =
      others.length > 0 ? `, most often taken for ${classes[others[0].predicted].name} (${others[0].count})` : '';
    return `${name}: ${formatCount(counts[truth])} of ${formatCount(total)} right (${formatPercent(row[truth], 0)})${mistaken}`;
  }
}
