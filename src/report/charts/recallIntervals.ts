import * as Plot from '@observablehq/plot';
import type { ClassEvaluation } from '../../evaluation/evaluate.js';
import type { Interval } from '../../evaluation/metrics/intervals.js';
import { formatCountOf, formatPercent } from '../format.js';
import { chartColour, classColour } from '../palette.js';
import { drawChart } from './chart.js';
import type { ChartOptions } from './chartOptions.js';

const rowHeight = 44;

/**
 * Sensitivity (recall) of every class as a dot on a line from 0 to 100%, with its interval as a band.
 * @param intervals in the order of `classes`; null where there are none
 */
export function recallIntervalsChart(
  classes: readonly ClassEvaluation[],
  intervals: readonly Interval[] | null,
  options: ChartOptions = {},
): string {
  const rows = classes.map((c, position) => ({ ...c, position, interval: intervals?.[position] ?? null }));
  type Row = (typeof rows)[number];
  const known = rows.filter((row) => row.support > 0);
  const words = ({ recall, interval, support }: Row) =>
    support === 0 ? 'no images' : `${formatPercent(recall)}${interval ? ` (${bounds(interval)})` : ''}`;
  const size = ({ support, lesions }: Row) => `${formatCountOf(support, 'image')}, ${formatCountOf(lesions, 'lesion')}`;
  return drawChart(
    {
      name: 'recall',
      title: 'Sensitivity (recall) by diagnosis',
      subtitle: `Of all images with this diagnosis, how many were recognised.${intervals ? ' Bands: 95% intervals.' : ''}`,
      description: `Dot plot from 0 to 100%. ${rows.map((row) => `${row.name}: ${words(row)}, ${size(row)}`).join('; ')}.`,
      height: rows.length * rowHeight + 40,
      plot: {
        marginLeft: 14,
        marginRight: 18,
        marginTop: 0,
        marginBottom: 36,
        x: { domain: [0, 1], label: null, ticks: 5, tickFormat: (share: number) => `${Math.round(share * 100)}%` },
        y: { axis: null, type: 'band', domain: rows.map((row) => row.position), padding: 0 },
        marks: [
          Plot.gridX({ stroke: chartColour('grid'), strokeOpacity: 1, ticks: 5 }),
          Plot.link(
            known.filter((row) => row.interval),
            {
              x1: (row: Row) => row.interval![0],
              x2: (row: Row) => row.interval![1],
              y1: 'position',
              y2: 'position',
              dy: 10,
              stroke: chartColour('barSoft'),
              strokeWidth: 11,
              strokeLinecap: 'round',
            },
          ),
          Plot.dot(known, {
            x: 'recall',
            y: 'position',
            dy: 10,
            r: 5.5,
            fill: (row: Row) => classColour(row.position),
            stroke: chartColour('ink'),
            strokeWidth: 1,
          }),
          ...[true, false].map((left) =>
            Plot.text(rows, {
              frameAnchor: left ? 'left' : 'right',
              y: 'position',
              dx: left ? -10 : 14,
              dy: -8,
              text: (row: Row) => (left ? `${row.dx} · ${words(row)}` : size(row)),
              textAnchor: left ? 'start' : 'end',
              fontVariant: 'tabular-nums',
              fill: chartColour(left ? 'ink' : 'muted'),
            }),
          ),
        ],
      },
    },
    options,
  );
}

function bounds([low, high]: readonly [number, number]): string {
  return `${formatPercent(low)} to ${formatPercent(high)}`;
}
