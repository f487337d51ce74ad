import * as Plot from '@observablehq/plot';
import type { EpochRecord, StepRecord } from '../../training/events.js';
import { formatNumber, formatPercent } from '../format.js';
import { chartColour } from '../palette.js';
import { drawChart } from './chart.js';
import type { ChartOptions } from './chartOptions.js';

/** A training as far as it has come. */
export interface TrainingProgress {
  /** steps.jsonl, in order. */
  readonly steps: readonly StepRecord[];
  /** metrics.jsonl, in order. */
  readonly epochs: readonly EpochRecord[];
  /** Epochs that it shall have: the axis goes there from the beginning, so that a growing curve does not shift. */
  readonly planned: number;
}

/** Training loss step by step, and validation loss after each epoch. */
export const lossProgressChart = (progress: TrainingProgress, options: ChartOptions = {}): string =>
  progressChart(
    {
      name: 'loss-progress',
      title: 'Loss',
      subtitle: 'Line: training, step by step. Dots: validation, after each epoch. Lower is better.',
      ofStep: ({ loss }) => loss,
      ofEpoch: ({ validationLoss }) => validationLoss,
      format: (value) => formatNumber(value, 2),
    },
    progress,
    options,
  );

/** Training accuracy step by step, and balanced accuracy on validation after each epoch. */
export const accuracyProgressChart = (progress: TrainingProgress, options: ChartOptions = {}): string =>
  progressChart(
    {
      name: 'accuracy-progress',
      title: 'Accuracy',
      subtitle: 'Line: training, step by step. Dots: balanced accuracy on validation, after each epoch.',
      ofStep: ({ accuracy }) => accuracy,
      ofEpoch: ({ validationBalancedAccuracy }) => validationBalancedAccuracy,
      format: (value) => formatPercent(value, 0),
      domain: [0, 1],
    },
    progress,
    options,
  );

interface ProgressContent {
  readonly name: string;
  readonly title: string;
  readonly subtitle: string;
  readonly ofStep: (record: StepRecord) => number;
  readonly ofEpoch: (record: EpochRecord) => number;
  readonly format: (value: number) => string;
  readonly domain?: readonly [number, number];
}

interface Point {
  readonly epoch: number;
  readonly value: number;
}

/** More points than the picture has pixels would only make it slow. */
const mostPoints = 240;

function progressChart(content: ProgressContent, { steps, epochs, planned }: TrainingProgress, options: ChartOptions) {
  const line = meanPoints(steps.map((record) => ({ epoch: record.epoch, value: content.ofStep(record) })));
  const dots = epochs.map((record): Point => ({ epoch: record.epoch, value: content.ofEpoch(record) }));
  const values = [...line, ...dots].map(({ value }) => value).filter(Number.isFinite);
  const high = values.length > 0 ? Math.max(...values) * 1.05 : 1;
  const words = (point: Point | undefined) => (point ? content.format(point.value) : 'nothing yet');
  return drawChart(
    {
      name: content.name,
      title: content.title,
      subtitle: content.subtitle,
      description: `Training so far, up to epoch ${(line.at(-1)?.epoch ?? 0).toFixed(1)} of ${planned}: training ${words(line.at(-1))}, validation ${words(dots.at(-1))}.`,
      height: 260,
      plot: {
        marginLeft: 44,
        marginRight: 16,
        marginTop: 12,
        marginBottom: 42,
        x: {
          domain: [0, Math.max(planned, line.at(-1)?.epoch ?? 0)],
          label: 'Epoch (one pass through the training images)',
          labelAnchor: 'center',
          labelArrow: 'none',
          ticks: Math.min(8, planned),
          tickFormat: (epoch: number) => (Number.isInteger(epoch) ? String(epoch) : ''),
        },
        y: { domain: content.domain ?? [0, high], label: null, ticks: 5, tickFormat: content.format },
        marks: [
          Plot.gridY({ stroke: chartColour('grid'), strokeOpacity: 1, ticks: 5 }),
          Plot.line(line, { x: 'epoch', y: 'value', stroke: chartColour('train'), strokeWidth: 1.6 }),
          Plot.dot(dots, {
            x: 'epoch',
            y: 'value',
            r: dots.length > 40 ? 2 : 3.4,
            fill: chartColour('validation'),
            title: ({ epoch, value }: Point) => `After epoch ${epoch}, validation: ${content.format(value)}`,
          }),
        ],
      },
    },
    options,
  );
}

/** Neighbours are averaged until at most `mostPoints` are left. */
function meanPoints(points: readonly Point[]): Point[] {
  const size = Math.ceil(points.length / mostPoints);
  if (size <= 1) return [...points];
  const means: Point[] = [];
  for (let i = 0; i < points.length; i += size) {
    const part = points.slice(i, i + size);
    const mean = (of: (point: Point) => number) => part.reduce((sum, point) => sum + of(point), 0) / part.length;
    means.push({ epoch: mean(({ epoch }) => epoch), value: mean(({ value }) => value) });
  }
  return means;
}
