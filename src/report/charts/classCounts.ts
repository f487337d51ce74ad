import type { ClassCount } from '../../data/audit/exploration.js';
import { formatCount, formatCountOf, formatPercent } from '../format.js';
import { classColour } from '../palette.js';
import { barRows } from './barRows.js';
import type { ChartOptions } from './chartOptions.js';

/** Images of each diagnosis as bars, its lesions as a mark across the bar. */
export function classCountsChart(
  classes: readonly ClassCount[],
  options: ChartOptions & { hasLesionIds?: boolean } = {},
): string {
  const withLesions = options.hasLesionIds ?? true;
  const lesions = (count: ClassCount) => (withLesions ? ` of ${formatCountOf(count.lesions, 'lesion')}` : '');
  return barRows(
    {
      name: 'class-counts',
      title: 'Images by diagnosis',
      subtitle: withLesions
        ? 'Bars: images. The mark across a bar: lesions (one lesion may have several images).'
        : undefined,
      description: `Bar chart. ${classes
        .map((c) => `${c.name} (${c.dx}): ${formatCountOf(c.images, 'image')}${lesions(c)}, ${formatPercent(c.share)}`)
        .join('; ')}.`,
      rows: classes.map((count, index) => ({
        label: `${count.dx} · ${count.name}`,
        value: count.images,
        text: `${formatCount(count.images)}${withLesions ? ` / ${formatCount(count.lesions)}` : ''} · ${formatPercent(count.share)}`,
        colour: classColour(index),
        mark: withLesions ? count.lesions : undefined,
      })),
    },
    options,
  );
}
