import * as Plot from '@observablehq/plot';
import type { QuestionCalibration } from '../../evaluation/judging/questionCalibration.js';
import type { CalibrationPoint } from '../../evaluation/metrics/binaryCalibration.js';
import { formatCount, formatPercent } from '../format.js';
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
  /** Of the curve that the band is of; left out where nobody counted. */
  readonly histogram?: QuestionCalibration['histogram'];
}

/** What is drawn of a question: the scaled curve stands before the given one where there is one. */
export const curveOf = (given: QuestionCalibration, scaled?: QuestionCalibration): CalibrationCurve => ({
  id: given.id,
  title: given.title,
  given: given.curve,
  scaled: scaled?.curve ?? null,
  histogram: (scaled ?? given).histogram,
});

/** Below the axis there is room for counts. */
const foot = -0.24;

/** How often yes is true among images of each probability, smoothed, with a band, against the diagonal of a perfect one; below, how many images there are. */
export function calibrationCurveChart(
  { id, title, given, scaled, histogram }: CalibrationCurve,
  options: ChartOptions = {},
): string {
  const share = (value: number) => formatPercent(value, 0);
  const held = (value: number) => Math.min(1, Math.max(0, value));
  const within = (points: readonly CalibrationPoint[]) =>
    points.map(({ probability, observed }) => [probability, held(observed)]);
  const shown = scaled ?? given;
  const band = shown.flatMap(({ probability, interval }) =>
    interval ? [{ probability, low: held(interval[0]), high: held(interval[1]) }] : [],
  );
  const words = (points: readonly CalibrationPoint[]) =>
    points
      .filter((_, i) => i % 10 === 0)
      .map(({ probability, observed, interval }) => {
        const sure = interval ? ` (${share(held(interval[0]))} to ${share(held(interval[1]))})` : '';
        return `${share(probability)} said, ${share(held(observed))} seen${sure}`;
      })
      .join('; ');
  const axes = shareAxes('Probability of yes', share);
  const colour = chartColour(scaled ? 'train' : 'validation');
  return drawChart(
    {
      name: `calibration-${id}`,
      title: `Calibration: ${title}`,
      subtitle: [
        'On the diagonal, yes is true as often as was said.',
        scaled ? 'Dashed: as given; solid: scaled.' : '',
        band.length > 0 ? 'Band: 95% interval at each place.' : '',
        histogram ? 'Bars: how many there are, dark where yes is true.' : '',
      ]
        .filter(Boolean)
        .join(' '),
      description: `Smooth calibration curve. As given: ${words(given)}.${scaled ? ` Scaled: ${words(scaled)}.` : ''}${
        histogram ? ` Images by tenths of the probability: ${histogram.all.map(formatCount).join(', ')}.` : ''
      }`,
      height: histogram ? 380 : 330,
      plot: {
        ...axes,
        marginTop: 26,
        y: {
          ...axes.y,
          ...(histogram && { domain: [foot, 1] }),
          ticks: [0, 0.2, 0.4, 0.6, 0.8, 1],
          label: 'Yes seen',
          labelAnchor: 'top',
          labelArrow: 'none',
        },
        marks: [
          ...diagonal(),
          Plot.areaY(band, { x: 'probability', y1: 'low', y2: 'high', fill: colour, fillOpacity: 0.18 }),
          Plot.line(within(given), {
            stroke: chartColour('validation'),
            strokeWidth: 2,
            strokeDasharray: scaled ? '5 4' : '',
          }),
          ...(scaled ? [Plot.line(within(scaled), { stroke: chartColour('train'), strokeWidth: 2 })] : []),
          ...(histogram ? countBars(histogram) : []),
        ],
      },
    },
    options,
  );
}

/** Bars that hang below the axis, each with its number of images. */
function countBars({ yes, all }: QuestionCalibration['histogram']): Plot.Markish[] {
  const most = Math.max(...all, 1);
  const top = foot + 0.05;
  const height = (count: number) => top + 0.13 * (count / most);
  const bars = all.map((count, i) => ({
    from: i / 10,
    to: (i + 1) / 10,
    count,
    all: height(count),
    yes: height(yes[i]),
  }));
  const shape = { x1: 'from', x2: 'to', y1: top, insetLeft: 1, insetRight: 1 };
  return [
    Plot.rect(bars, { ...shape, y2: 'all', fill: chartColour('barSoft') }),
    Plot.rect(bars, { ...shape, y2: 'yes', fill: chartColour('bar') }),
    Plot.text(bars, {
      x: ({ from }: (typeof bars)[number]) => from + 0.05,
      y: top,
      dy: 8,
      text: ({ count }: (typeof bars)[number]) => formatCount(count),
      fontSize: 9.5,
      fill: chartColour('muted'),
    }),
  ];
}
