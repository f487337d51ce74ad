import * as Plot from '@observablehq/plot';
import type { EpochRecord } from '../../training/events.js';
import { findBestEpoch } from '../../training/findBestEpoch.js';
import { formatCount, formatCountOf, formatPercent } from '../format.js';
import { chartColour } from '../palette.js';
import { drawChart } from './chart.js';
import type { ChartOptions } from './chartOptions.js';

/** A class with what stands behind its curve. */
export interface RecallCurveClass {
  readonly id: string;
  readonly name: string;
  /** Of the validation split; null where that is not on record. */
  readonly images: number | null;
  /** Null where the data don't name lesions. */
  readonly lesions: number | null;
}

const columns = 2;
const panelHeight = 130;
/** Of each panel, for its two lines of words. */
const wordsHeight = 34;

/** Whether there is anything to draw: runs of earlier versions have no recall by class and epoch. */
export const hasRecallCurves = (records: readonly EpochRecord[]): boolean =>
  records.some(({ validationRecall }) => validationRecall !== undefined);

/** Sensitivity on validation by epoch, a small chart for each class on the same scales, with the mean of all in each. */
export function recallCurvesChart(
  records: readonly EpochRecord[],
  classes: readonly RecallCurveClass[],
  options: ChartOptions = {},
): string {
  const known = records.filter(({ validationRecall }) => validationRecall !== undefined);
  const best = findBestEpoch(records);
  const bestRecall = best?.validationRecall;
  const [first, last] = [records[0]?.epoch ?? 1, records.at(-1)?.epoch ?? 1];
  const panels = classes.map((c, i) => ({
    ...c,
    fx: i % columns,
    fy: Math.floor(i / columns),
    atBest: bestRecall?.[c.id] ?? null,
    empty: known.every(({ validationRecall }) => (validationRecall?.[c.id] ?? null) === null),
  }));
  type Panel = (typeof panels)[number];
  const points = panels.flatMap((panel) =>
    known.flatMap(({ epoch, validationRecall }) => {
      const recall = validationRecall?.[panel.id] ?? null;
      return recall === null ? [] : [{ ...panel, epoch, recall }];
    }),
  );
  const means = panels
    .filter(({ empty }) => !empty)
    .flatMap((panel) => known.map(({ epoch, validationBalancedAccuracy: recall }) => ({ ...panel, epoch, recall })));
  const facet = { fx: 'fx', fy: 'fy' } as const;
  const rows = Math.ceil(classes.length / columns);
  // A single epoch still gets an axis to stand on.
  const domain = first === last ? [first - 0.5, last + 0.5] : [first, last];
  const words = (text: (panel: Panel) => string, dy: number, more: Plot.TextOptions) =>
    Plot.text(panels, {
      ...facet,
      frameAnchor: 'top-left',
      textAnchor: 'start',
      dx: -2,
      dy: dy - wordsHeight,
      text,
      fontVariant: 'tabular-nums',
      ...more,
    });
  return drawChart(
    {
      name: 'recall-by-class',
      title: 'Sensitivity (recall) by diagnosis, on validation',
      subtitle: 'By epoch. Thin line: mean of all diagnoses. Dotted upright line: the epoch that was kept.',
      description: describe(),
      height: rows * panelHeight + 44,
      plot: {
        marginLeft: 48,
        marginRight: 12,
        marginTop: 0,
        marginBottom: 40,
        fx: { axis: null, domain: Array.from({ length: columns }, (_, i) => i), padding: 0.1 },
        fy: { axis: null, domain: Array.from({ length: rows }, (_, i) => i), padding: 0 },
        x: {
          domain,
          label: 'Epoch',
          labelAnchor: 'center',
          labelArrow: 'none',
          ticks: Math.min(5, Math.max(last - first, 1)),
          tickFormat: (epoch: number) => (Number.isInteger(epoch) ? String(epoch) : ''),
        },
        y: {
          domain: [0, 1],
          // The words of a panel stand in its upper part.
          insetTop: wordsHeight + 16,
          label: null,
          ticks: [0, 0.5, 1],
          tickFormat: (value: number) => formatPercent(value, 0),
        },
        marks: [
          Plot.gridY([0, 0.5, 1], { stroke: chartColour('grid'), strokeOpacity: 1 }),
          best
            ? Plot.ruleX(
                panels.filter(({ empty }) => !empty),
                {
                  ...facet,
                  x: best.epoch,
                  y1: 0,
                  y2: 1,
                  stroke: chartColour('outline'),
                  strokeDasharray: '1 3',
                  strokeWidth: 1.5,
                },
              )
            : null,
          Plot.line(means, {
            ...facet,
            x: 'epoch',
            y: 'recall',
            z: 'id',
            stroke: chartColour('muted'),
            strokeWidth: 1,
          }),
          Plot.line(points, {
            ...facet,
            x: 'epoch',
            y: 'recall',
            z: 'id',
            stroke: chartColour('validation'),
            strokeWidth: 2.2,
          }),
          Plot.dot(records.length <= 40 ? points : [], {
            ...facet,
            x: 'epoch',
            y: 'recall',
            r: records.length > 20 ? 1.4 : 2.2,
            fill: chartColour('validation'),
            title: ({ id, epoch, recall }) => `Epoch ${epoch}, ${id}: ${formatPercent(recall, 0)}`,
          }),
          words(({ id, atBest }) => `${id}${atBest === null ? '' : ` · ${formatPercent(atBest, 0)}`}`, 48, {
            fontWeight: 600,
          }),
          words(behind, 63, { fontSize: 11.5, fill: chartColour('muted') }),
        ],
      },
    },
    options,
  );

  function describe(): string {
    if (known.length === 0) return 'Not on record.';
    return `Small line charts over epochs ${first} to ${last}, one a diagnosis, each from 0 to 100%. At the epoch that was kept, ${best?.epoch}: ${panels
      .map(
        (panel) =>
          `${panel.name} ${panel.atBest === null ? 'not on record' : formatPercent(panel.atBest, 0)}, ${behind(panel)}`,
      )
      .join('; ')}.`;
  }
}

/** How much stands behind a curve. */
function behind({ images, lesions }: RecallCurveClass): string {
  if (images === null) return 'images not on record';
  if (images === 0) return 'no images in validation';
  if (lesions === null) return formatCountOf(images, 'image');
  return `${formatCountOf(lesions, 'lesion')}, ${formatCount(images)} ${images === 1 ? 'image' : 'images'}`;
}
