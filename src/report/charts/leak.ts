import * as Plot from '@observablehq/plot';
import { formatPercent } from '../format.js';
import { chartColour } from '../palette.js';
import { drawChart } from './chart.js';
import type { ChartOptions } from './chartOptions.js';

/** Sensitivity of a class under both splits; null where the class has no test images. */
export interface LeakRow {
  readonly dx: string;
  readonly name: string;
  readonly byImage: number | null;
  readonly byLesion: number | null;
}

const rowHeight = 40;

/** Sensitivity by diagnosis with a split by image and by lesion: two dots on a line for each. */
export function leakChart(classes: readonly LeakRow[], options: ChartOptions = {}): string {
  const rows = classes.map((row, position) => ({ ...row, position }));
  type Row = (typeof rows)[number];
  const share = (value: number | null) => (value === null ? 'no images' : formatPercent(value, 0));
  const both = rows.filter(({ byImage, byLesion }) => byImage !== null && byLesion !== null);
  const dots = (key: 'byImage' | 'byLesion') =>
    Plot.dot(
      rows.filter((row) => row[key] !== null),
      {
        x: key,
        y: 'position',
        dy: 9,
        r: 5.5,
        symbol: key === 'byImage' ? 'diamond' : 'circle',
        fill: chartColour(key === 'byImage' ? 'validation' : 'train'),
        stroke: chartColour('outline'),
      },
    );
  return drawChart(
    {
      name: 'leak',
      title: 'The same network, two splits',
      subtitle: 'Sensitivity (recall) by diagnosis. Diamonds: split by image, which leaks; circles: split by lesion.',
      description: `Dot plot from 0 to 100%. ${rows
        .map(({ name, byImage, byLesion }) => `${name}: ${share(byImage)} by image, ${share(byLesion)} by lesion`)
        .join('; ')}.`,
      height: rows.length * rowHeight + 40,
      plot: {
        marginLeft: 14,
        marginRight: 18,
        marginTop: 0,
        marginBottom: 36,
        x: { domain: [0, 1], label: null, ticks: 5, tickFormat: (value: number) => formatPercent(value, 0) },
        y: { axis: null, type: 'band', domain: rows.map((row) => row.position), padding: 0 },
        marks: [
          Plot.gridX({ stroke: chartColour('grid'), strokeOpacity: 1, ticks: 5 }),
          Plot.link(both, {
            x1: 'byImage',
            x2: 'byLesion',
            y1: 'position',
            y2: 'position',
            dy: 9,
            stroke: chartColour('muted'),
            strokeWidth: 1.5,
          }),
          dots('byImage'),
          dots('byLesion'),
          Plot.text(rows, {
            frameAnchor: 'left',
            y: 'position',
            dx: -10,
            dy: -8,
            text: (row: Row) => `${row.dx} · ${share(row.byImage)} by image, ${share(row.byLesion)} by lesion`,
            textAnchor: 'start',
            fontVariant: 'tabular-nums',
          }),
        ],
      },
    },
    options,
  );
}
