import * as Plot from '@observablehq/plot';
import type { EpochRecord } from '../../training/events.js';
import { formatNumber, formatPercent } from '../format.js';
import { chartColour, classColour } from '../palette.js';
import { drawChart } from './chart.js';
import type { ChartOptions } from './chartOptions.js';

/** One run in a chart of several. */
export interface ComparedCurve {
  /** Short: it stands at the end of the curve. */
  readonly label: string;
  readonly epochs: readonly EpochRecord[];
}

const contents = {
  balancedAccuracy: {
    title: 'Balanced accuracy on validation',
    of: (record: EpochRecord) => record.validationBalancedAccuracy,
    format: (value: number) => formatPercent(value, 0),
  },
  loss: {
    title: 'Loss on validation',
    of: (record: EpochRecord) => record.validationLoss,
    format: (value: number) => formatNumber(value, 2),
  },
  trainLoss: {
    title: 'Loss in training',
    of: (record: EpochRecord) => record.trainLoss,
    format: (value: number) => formatNumber(value, 2),
  },
} as const;

/** Dashes tell curves apart where colours don't. */
const dashes = [undefined, '7 3', '2 3', '9 3 2 3'] as const;

/** One curve a run, epoch by epoch, over each other. */
export function compareCurvesChart(
  curves: readonly ComparedCurve[],
  kind: keyof typeof contents,
  options: ChartOptions = {},
): string {
  const { title, of, format } = contents[kind];
  const points = curves.flatMap(({ label, epochs }, run) =>
    epochs
      .filter((record) => Number.isFinite(of(record)))
      .map((record) => ({ label, run, epoch: record.epoch, value: of(record) })),
  );
  type Point = (typeof points)[number];
  const ends = curves.flatMap((_, run) => points.filter((point) => point.run === run).at(-1) ?? []);
  const values = points.map(({ value }) => value);
  const [low, high] = values.length > 0 ? [Math.min(...values), Math.max(...values)] : [0, 1];
  const air = Math.max((high - low) * 0.08, 1e-6);
  return drawChart(
    {
      name: `compare-${kind}`,
      title,
      subtitle: 'After each epoch. Letters: the runs, as in the table.',
      description: `Line chart. ${ends.map(({ label, epoch, value }) => `Run ${label} after epoch ${epoch}: ${format(value)}`).join('; ')}.`,
      height: 280,
      plot: {
        marginLeft: 44,
        marginRight: 26,
        marginTop: 12,
        marginBottom: 42,
        x: {
          label: 'Epoch',
          labelAnchor: 'center',
          labelArrow: 'none',
          ticks: 8,
          tickFormat: (epoch: number) => (Number.isInteger(epoch) ? String(epoch) : ''),
        },
        y: { domain: [low - air, high + air], label: null, ticks: 5, tickFormat: format },
        marks: [
          Plot.gridY({ stroke: chartColour('grid'), strokeOpacity: 1, ticks: 5 }),
          ...curves.map((_, run) =>
            Plot.line(
              points.filter((point) => point.run === run),
              {
                x: 'epoch',
                y: 'value',
                stroke: runColour(run),
                strokeWidth: 2.2,
                strokeDasharray: dashes[run % dashes.length],
              },
            ),
          ),
          Plot.dot(ends, { x: 'epoch', y: 'value', r: 3, fill: (point: Point) => runColour(point.run) }),
          Plot.text(ends, {
            x: 'epoch',
            y: 'value',
            dx: 8,
            text: 'label',
            textAnchor: 'start',
            fontWeight: 700,
            fill: chartColour('ink'),
            stroke: chartColour('background'),
            strokeWidth: 3,
          }),
        ],
      },
    },
    options,
  );
}

/** The colours of classes, beginning with those that stand out most on both backgrounds. */
function runColour(run: number): string {
  return classColour([5, 4, 2, 6, 0, 1, 7, 3][run % 8]);
}
