import * as Plot from '@observablehq/plot';
import type { CalibrationPoint } from '../../evaluation/metrics/binaryCalibration.js';
import { formatPercent } from '../format.js';
import { chartColour } from '../palette.js';
import { drawChart } from './chart.js';
import type { ChartOptions } from './chartOptions.js';
import { diagonal, shareAxes } from './diagonal.js';

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
        ...shareAxes('Probability of yes', share),
        marks: [
          ...diagonal(),
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
