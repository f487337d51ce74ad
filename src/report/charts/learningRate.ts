import * as Plot from '@observablehq/plot';
import type { LearningRateFinding, LearningRateRecord } from '../../training/findLearningRate.js';
import { formatNumber } from '../format.js';
import { chartColour } from '../palette.js';
import { drawChart } from './chart.js';
import type { ChartOptions } from './chartOptions.js';

/** Losses above so many times the first smoothed one are left out, or they would press all others flat. */
const highestShown = 2;

/** Loss over the learning rate of a range test: each batch, the smoothed curve, and where it falls steepest. */
export function learningRateChart(finding: LearningRateFinding, options: ChartOptions = {}): string {
  const { records, steepest, minimum } = finding;
  const shown = records.filter(({ smoothedLoss }) => smoothedLoss <= highestShown * records[0].smoothedLoss);
  const smoothed = shown.map(({ smoothedLoss }) => smoothedLoss);
  const [lowest, highest] = smoothed.length > 0 ? [Math.min(...smoothed), Math.max(...smoothed)] : [0, 1];
  const air = Math.max(0.12 * (highest - lowest), 0.02 * highest, 1e-6);
  const [low, high] = [Math.max(0, lowest - air), highest + air];
  const rates = shown.map(({ learningRate }) => learningRate);
  const marks = [
    { rate: steepest, label: `steepest: ${formatRate(steepest)}`, row: 0, colour: chartColour('accent') },
    { rate: minimum, label: `lowest: ${formatRate(minimum)}`, row: 1, colour: chartColour('muted') },
  ].flatMap(({ rate, ...mark }) => (rate === null ? [] : [{ ...mark, rate }]));
  const middle = Math.sqrt((rates[0] ?? 1) * (rates.at(-1) ?? 1));
  return drawChart(
    {
      name: 'learning-rate',
      title: 'Loss while the learning rate rises',
      subtitle: 'Dots are single batches, the line is their running mean.',
      description: describe(finding),
      height: 290,
      plot: {
        marginLeft: 44,
        marginRight: 14,
        marginTop: 40,
        marginBottom: 42,
        x: {
          type: 'log',
          domain: rates.length > 1 ? [rates[0], rates.at(-1)!] : [1e-7, 10],
          label: 'Learning rate',
          labelAnchor: 'center',
          labelArrow: 'none',
          ticks: 6,
          tickFormat: (rate: number) => (Math.abs(Math.log10(rate) % 1) < 1e-6 ? formatRate(rate) : ''),
        },
        y: { domain: [low, high], label: null, ticks: 5, tickFormat: (loss: number) => formatNumber(loss, 2) },
        marks: [
          Plot.gridY({ stroke: chartColour('grid'), strokeOpacity: 1, ticks: 5 }),
          Plot.dot(
            shown.filter(({ loss }) => loss >= low && loss <= high),
            { x: 'learningRate', y: 'loss', r: 1.6, fill: chartColour('bar') },
          ),
          Plot.line(shown, { x: 'learningRate', y: 'smoothedLoss', stroke: chartColour('train'), strokeWidth: 2.2 }),
          ...marks.flatMap(({ rate, label, row, colour }) => [
            Plot.ruleX([rate], { stroke: colour, strokeDasharray: '4 3', strokeWidth: 1.5 }),
            Plot.text([rate], {
              x: (value: number) => value,
              frameAnchor: 'top',
              dy: -28 + 15 * row,
              dx: rate > middle ? -4 : 4,
              text: () => label,
              textAnchor: rate > middle ? 'end' : 'start',
              fontSize: 11.5,
              fill: colour,
            }),
          ]),
        ],
      },
    },
    options,
  );
}

/** `1.5e-3`; from 1 to 10 the number alone. */
const formatRate = (rate: number | null) =>
  rate === null ? 'none' : Number(rate.toPrecision(2)).toExponential().replace('e+0', '');

function describe({ records, steepest, minimum }: LearningRateFinding): string {
  if (records.length === 0) return 'No step was taken.';
  const at = ({ learningRate, smoothedLoss }: LearningRateRecord) =>
    `${formatNumber(smoothedLoss, 2)} at learning rate ${formatRate(learningRate)}`;
  const found =
    steepest === null
      ? 'It never fell.'
      : `It falls steepest at ${formatRate(steepest)} and is lowest at ${formatRate(minimum)}.`;
  return `Line chart of the loss over the learning rate, smoothed: from ${at(records[0])} to ${at(records.at(-1)!)}. ${found}`;
}
