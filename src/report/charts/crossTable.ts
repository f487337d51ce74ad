import type { CrossTable } from '../../data/audit/exploration.js';
import { formatCount, formatPercent, formatValue } from '../format.js';
import type { ChartOptions } from './chartOptions.js';
import { heatTable, shareText } from './heatTable.js';

function crossTableChart(name: string, title: string, what: string, table: CrossTable, options: ChartOptions): string {
  const totals = table.counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const share = (row: number, column: number) => (totals[row] > 0 ? table.counts[row][column] / totals[row] : 0);
  return heatTable(
    {
      name,
      title,
      subtitle: `Each row adds up to 100%: of the images ${what}, how many have each diagnosis. Last column: images.`,
      description: `Table shaded by share. ${table.values
        .map((value, row) => {
          const top = table.counts[row].indexOf(Math.max(...table.counts[row]));
          return `${formatValue(value)}: ${formatCount(totals[row])} images, most often ${table.classes[top]} (${formatPercent(share(row, top), 0)})`;
        })
        .join('; ')}.`,
      rows: table.values.map((value, row) => ({ label: formatValue(value), note: formatCount(totals[row]) })),
      columns: table.classes,
      cells: table.counts.map((counts, row) =>
        counts.map((count, column) => ({
          share: share(row, column),
          lines: [count === 0 ? '·' : shareText(share(row, column))],
        })),
      ),
      rowHeight: 26,
    },
    options,
  );
}

/** Diagnoses at each place on the body, as shares of its row. */
export function diagnosisByLocalizationChart(table: CrossTable, options: ChartOptions = {}): string {
  return crossTableChart(
    'diagnosis-by-localization',
    'Diagnosis by place on the body',
    'from this place',
    table,
    options,
  );
}

/** Diagnoses at each age, as shares of its row. */
export function diagnosisByAgeChart(table: CrossTable, options: ChartOptions = {}): string {
  return crossTableChart('diagnosis-by-age', 'Diagnosis by age', 'at this age (years)', table, options);
}

/** Diagnoses by sex, as shares of its row. */
export function diagnosisBySexChart(table: CrossTable, options: ChartOptions = {}): string {
  return crossTableChart('diagnosis-by-sex', 'Diagnosis by sex', 'of this sex', table, options);
}

/** Diagnoses by how they were made, as shares of its row. */
export function diagnosisByDxTypeChart(table: CrossTable, options: ChartOptions = {}): string {
  return crossTableChart('diagnosis-by-dx-type', 'Diagnosis by how it was made', 'diagnosed this way', table, options);
}
