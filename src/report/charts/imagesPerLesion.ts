import type { Exploration } from '../../data/audit/exploration.js';
import { formatCountOf, formatPercent } from '../format.js';
import { barRows } from './barRows.js';
import type { ChartOptions } from './chartOptions.js';

/** How many lesions were photographed once, twice, and so on. */
export function imagesPerLesionChart(counts: Exploration['imagesPerLesion'], options: ChartOptions = {}): string {
  const lesions = counts.reduce((sum, count) => sum + count.lesions, 0);
  return barRows(
    {
      name: 'images-per-lesion',
      title: 'Images per lesion',
      subtitle: 'Lesions with several images are why a split by image would put the same lesion on both sides.',
      description: `Bar chart. ${counts
        .map((c) => `${formatCountOf(c.lesions, 'lesion')} with ${formatCountOf(c.images, 'image')}`)
        .join('; ')}.`,
      rows: counts.map((c) => ({
        label: formatCountOf(c.images, 'image'),
        value: c.lesions,
        text: `${formatCountOf(c.lesions, 'lesion')} · ${formatPercent(c.lesions / lesions)}`,
      })),
    },
    options,
  );
}
