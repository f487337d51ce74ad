import type { MissingValues } from '../../data/audit/exploration.js';
import { formatCount, formatPercent } from '../format.js';
import { barRows } from './barRows.js';
import type { ChartOptions } from './chartOptions.js';

/** Rows of each column that are empty or say `unknown`. */
export function missingValuesChart(columns: readonly MissingValues[], options: ChartOptions = {}): string {
  const words = (c: MissingValues) => `${formatCount(c.missing)} missing, ${formatCount(c.unknown)} unknown`;
  return barRows(
    {
      name: 'missing-values',
      title: 'Missing values',
      subtitle: 'Rows of the metadata without a value, or with the value “unknown”.',
      description: `Bar chart. ${columns.map((c) => `${c.column}: ${words(c)}, ${formatPercent(c.share, 2)}`).join('; ')}.`,
      rows: columns.map((c) => ({
        label: c.column,
        value: c.missing + c.unknown,
        text: `${words(c)} · ${formatPercent(c.share, 2)}`,
      })),
    },
    options,
  );
}
