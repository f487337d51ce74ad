import { formatNumber } from '../format.js';
import { classColour } from '../palette.js';
import { barRows } from './barRows.js';
import type { ChartOptions } from './chartOptions.js';

/** How much one image of each diagnosis counts in the training loss; null where a class has no image. */
export function classWeightsChart(
  classes: readonly { readonly dx: string; readonly name: string; readonly weight: number | null }[],
  options: ChartOptions = {},
): string {
  return barRows(
    {
      name: 'class-weights',
      title: 'Class weights',
      subtitle: 'How much one image counts: rare diagnoses count more.',
      description: `Bar chart. ${classes.map((c) => `${c.name} (${c.dx}): ${formatNumber(c.weight, 4)}`).join('; ')}.`,
      rows: classes.map((c, index) => ({
        label: `${c.dx} · ${c.name}`,
        value: c.weight ?? 0,
        text: formatNumber(c.weight, 4),
        colour: classColour(index),
      })),
    },
    options,
  );
}
