import type { ValueCount } from '../../data/audit/exploration.js';
import { formatCount, formatCountOf, formatPercent, formatValue } from '../format.js';
import { barRows } from './barRows.js';
import type { ChartOptions } from './chartOptions.js';

function valueCountsChart(
  name: string,
  title: string,
  subtitle: string | undefined,
  counts: readonly ValueCount[],
  options: ChartOptions,
  names: Readonly<Record<string, string>> = {},
): string {
  const nameOf = (value: string) => names[value] ?? formatValue(value);
  return barRows(
    {
      name,
      title,
      subtitle,
      description: `Bar chart. ${counts
        .map((c) => `${nameOf(c.value)}: ${formatCountOf(c.images, 'image')}, ${formatPercent(c.share)}`)
        .join('; ')}.`,
      rows: counts.map((c) => ({
        label: nameOf(c.value),
        value: c.images,
        text: `${formatCount(c.images)} · ${formatPercent(c.share)}`,
      })),
    },
    options,
  );
}

/** Images by the sex of the person. */
export function sexChart(counts: readonly ValueCount[], options: ChartOptions = {}): string {
  return valueCountsChart('sex', 'Images by sex', undefined, counts, options);
}

/** Images by the place on the body. */
export function localizationChart(counts: readonly ValueCount[], options: ChartOptions = {}): string {
  return valueCountsChart('localization', 'Images by place on the body', undefined, counts, options);
}

const dxTypeNames: Readonly<Record<string, string>> = {
  histo: 'Histopathology (histo)',
  follow_up: 'Follow-up examination (follow_up)',
  consensus: 'Consensus of experts (consensus)',
  confocal: 'In-vivo confocal microscopy (confocal)',
};

/** Images by how their diagnosis was made. */
export function dxTypeChart(counts: readonly ValueCount[], options: ChartOptions = {}): string {
  return valueCountsChart(
    'dx-type',
    'How the diagnosis was made',
    'It gives the answer away (a suspected melanoma is sent to histopathology), so no model here is shown it.',
    counts,
    options,
    dxTypeNames,
  );
}
