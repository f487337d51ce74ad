import * as Plot from '@observablehq/plot';
import type { CalibrationPoint } from '../../evaluation/metrics/binaryCalibration.js';
import { formatPercent } from '../format.js';
import { chartColour } from '../palette.js';
import { drawChart } from './chart.js';
import type { ChartOptions } from './chartOptions.js';

/** A smooth calibration curve of one question, as given and, where it was fitted, scaled. */
export interface CalibrationCurve {
  readonly id: string;
  readonly title: string;
  readonly given: readonly CalibrationPoint[];
  readonly scaled: readonly CalibrationPoint[] | null;
}

/** How often yes is true among images of each probability, smoothed, against the diagonal of a perfect one. */
export function calibrationCurveChart(
  { id, title, given, scaled }: CalibrationCurve,
  options: ChartOptions = {},
): string {
  const share = (value: number) => formatPercent(value, 0);
  const within = (points: readonly CalibrationPoint[]) =>
    points.map(({ probability, observed }) => [probability, Math.min(1, Math.max(0, observed))]);
  const words = (points: readonly CalibrationPoint[]) =>
    points
      .filter((_, i) => i % 10 === 0)
      .map(
        ({ probability, observed }) => `${share(probability)} said, ${share(Math.min(1, Math.max(0, observed)))} seen`,
      )
      .join('; ');
  return drawChart(
    {
      name: `calibration-${id}`,
      title: `Calibration: ${title}`,
      subtitle: scaled
        ? 'On the diagonal, yes is true as often as was said. Dashed: as given; solid: scaled.'
        : 'On the diagonal, yes is true as often as was said.',
      description: `Smooth calibration curve. As given: ${words(given)}.${scaled ? ` Scaled: ${words(scaled)}.` : ''}`,
      height: 320,
      plot: {
        marginLeft: 46,
        marginRight: 20,
        marginTop: 14,
        marginBottom: 42,
        x: {
          domain: [0, 1],
          label: 'Probability of yes',
          labelAnchor: 'center',
          labelArrow: 'none',
          ticks: 5,
          tickFormat: share,
        },
        y: { domain: [0, 1], label: null, ticks: 5, tickFormat: share },
        marks: [
          Plot.gridY({ stroke: chartColour('grid'), strokeOpacity: 1, ticks: 5 }),
          Plot.line(
            [
              [0, 0],
              [1, 1],
            ],
            { stroke: chartColour('muted'), strokeWidth: 1 },
          ),
          Plot.line(within(given), {
            stroke: chartColour('validation'),
            strokeWidth: 2,
            strokeDasharray: scaled ? '5 4' : '',
          }),
          ...(scaled ? [Plot.line(within(scaled), { stroke: chartColour('train'), strokeWidth: 2 })] : []),
        ],
      },
    },
    options,
  );
}
