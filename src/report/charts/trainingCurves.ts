import * as Plot from '@observablehq/plot';
import type { EpochRecord } from '../../training/events.js';
import { findBestEpoch } from '../../training/findBestEpoch.js';
import { formatNumber, formatPercent } from '../format.js';
import { type ChartColour, chartColour } from '../palette.js';
import { drawChart } from './chart.js';
import type { ChartOptions } from './chartOptions.js';

interface Series {
  readonly label: string;
  readonly colour: ChartColour;
  readonly dash?: string;
  readonly value: (record: EpochRecord) => number;
}

/** How learning curves are drawn. */
export interface CurvesOptions extends ChartOptions {
  /** First epoch of overfitting, marked in the loss curve. */
  readonly overfittingFrom?: number | null;
}

/** Training and validation loss by epoch. */
export function lossCurveChart(records: readonly EpochRecord[], options: CurvesOptions = {}): string {
  return curveChart(
    {
      name: 'loss',
      title: 'Loss',
      subtitle: 'Weighted cross-entropy, lower is better.',
      series: [
        { label: 'training', colour: 'train', value: (record) => record.trainLoss },
        { label: 'validation', colour: 'validation', dash: '6 3', value: (record) => record.validationLoss },
      ],
      format: (value) => formatNumber(value, 2),
      overfittingFrom: options.overfittingFrom ?? null,
    },
    records,
    options,
  );
}

/** Training and validation accuracy by epoch, and balanced accuracy on validation. */
export function accuracyCurveChart(records: readonly EpochRecord[], options: ChartOptions = {}): string {
  return curveChart(
    {
      name: 'accuracy',
      title: 'Accuracy',
      subtitle: 'Share of right answers; “balanced” counts classes alike.',
      series: [
        { label: 'training', colour: 'train', value: (record) => record.trainAccuracy },
        { label: 'validation', colour: 'validation', dash: '6 3', value: (record) => record.validationAccuracy },
        { label: 'validation,\nbalanced', colour: 'accent', dash: '2 3', value: (r) => r.validationBalancedAccuracy },
      ],
      format: (value) => formatPercent(value, 0),
      overfittingFrom: null,
    },
    records,
    options,
  );
}

interface CurveContent {
  readonly name: string;
  readonly title: string;
  readonly subtitle: string;
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
  readonly overfittingFrom: number | null;
}

function curveChart(content: CurveContent, records: readonly EpochRecord[], options: ChartOptions): string {
  const { series, format, overfittingFrom } = content;
  const best = findBestEpoch(records);
  const first = records[0]?.epoch ?? 1;
  const last = records.at(-1)?.epoch ?? 1;
  const values = records.flatMap((record) => series.map(({ value }) => value(record))).filter(Number.isFinite);
  const [low, high] = paddedRange(values);
  const plotHeight = 216;
  const labels = separate(
    series.map((s) => (records.length > 0 ? s.value(records.at(-1)!) : Number.NaN)),
    series.map((s) => ((s.label.includes('\n') ? 30 : 17) / plotHeight) * (high - low)),
  );
  // A single epoch still gets an axis to stand on.
  const domain = first === last ? [first - 0.5, last + 0.5] : [first, last];
  return drawChart(
    {
      name: content.name,
      title: content.title,
      subtitle: content.subtitle,
      description: describe(),
      height: plotHeight + 64,
      plot: {
        marginLeft: 44,
        marginRight: 86,
        marginTop: 22,
        marginBottom: 42,
        x: {
          domain,
          label: 'Epoch (one pass through the training images)',
          labelAnchor: 'center',
          labelArrow: 'none',
          ticks: Math.min(8, Math.max(last - first, 1)),
          tickFormat: (epoch: number) => (Number.isInteger(epoch) ? String(epoch) : ''),
        },
        y: { domain: [low, high], label: null, ticks: 5, tickFormat: format },
        marks: [
          overfittingFrom !== null && overfittingFrom < last
            ? Plot.rectY([{ from: overfittingFrom, to: last }], {
                x1: 'from',
                x2: 'to',
                y1: low,
                y2: high,
                fill: chartColour('validation'),
                fillOpacity: 0.1,
              })
            : null,
          Plot.gridY({ stroke: chartColour('grid'), strokeOpacity: 1, ticks: 5 }),
          best
            ? Plot.ruleX([best.epoch], { stroke: chartColour('outline'), strokeDasharray: '1 3', strokeWidth: 1.5 })
            : null,
          best
            ? Plot.text([best.epoch], {
                x: (epoch: number) => epoch,
                frameAnchor: 'top',
                dy: -13,
                text: () => `best: epoch ${best.epoch}`,
                textAnchor: best.epoch - first > (last - first) / 2 ? 'end' : 'start',
                fontSize: 11.5,
                fill: chartColour('muted'),
              })
            : null,
          ...series.flatMap((s, i) => [
            Plot.line(records, {
              x: 'epoch',
              y: s.value,
              stroke: chartColour(s.colour),
              strokeWidth: 2.2,
              strokeDasharray: s.dash,
            }),
            records.length <= 40
              ? Plot.dot(records, {
                  x: 'epoch',
                  y: s.value,
                  r: records.length > 20 ? 1.8 : 2.6,
                  fill: chartColour(s.colour),
                  title: (record: EpochRecord) => `Epoch ${record.epoch}, ${s.label}: ${format(s.value(record))}`,
                })
              : null,
            Number.isFinite(labels[i])
              ? Plot.text([labels[i]], {
                  frameAnchor: 'right',
                  y: (value: number) => value,
                  dx: 8,
                  text: () => s.label,
                  textAnchor: 'start',
                  fill: chartColour(s.colour),
                  fontWeight: 600,
                  lineHeight: 1.1,
                })
              : null,
          ]),
          overfittingFrom !== null && overfittingFrom < last
            ? Plot.text([overfittingFrom], {
                x: (last + overfittingFrom) / 2,
                frameAnchor: 'top',
                dy: 10,
                text: () => 'overfitting',
                fill: chartColour('validation'),
                stroke: chartColour('background'),
                strokeWidth: 4,
                fontSize: 11.5,
              })
            : null,
        ],
      },
    },
    options,
  );

  function describe(): string {
    if (records.length === 0) return 'No epoch is done yet.';
    const ends = series.map(
      (s) => `${s.label.replace('\n', ' ')} from ${format(s.value(records[0]))} to ${format(s.value(records.at(-1)!))}`,
    );
    const mark = overfittingFrom !== null ? ` Overfitting is marked from epoch ${overfittingFrom} on.` : '';
    return `Line chart over epochs ${first} to ${last}: ${ends.join('; ')}. Best epoch on validation: ${best?.epoch}.${mark}`;
  }
}

/** Range of the values with some air around it; [0, 1] where there are none. */
function paddedRange(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  const low = Math.min(...values);
  const high = Math.max(...values);
  const air = Math.max((high - low) * 0.08, Math.abs(high) * 0.02, 1e-6);
  return [Math.max(low - air, low >= 0 ? 0 : Number.NEGATIVE_INFINITY), high + air];
}

/** Moves labels apart that would overlap, keeping their order. @param sizes height of each in units of the values */
function separate(values: readonly number[], sizes: readonly number[]): number[] {
  const result = [...values];
  const order = values
    .map((_, i) => i)
    .filter((i) => Number.isFinite(values[i]))
    .sort((a, b) => values[a] - values[b]);
  for (let round = 0; round < 20; round++) {
    for (let k = 1; k < order.length; k++) {
      const [below, above] = [order[k - 1], order[k]];
      const lacking = (sizes[below] + sizes[above]) / 2 - (result[above] - result[below]);
      if (lacking > 0) {
        result[below] -= lacking / 2;
        result[above] += lacking / 2;
      }
    }
  }
  return result;
}
