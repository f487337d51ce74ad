import * as Plot from '@observablehq/plot';
import type { ChoiceDifference } from '../../evaluation/ablation/choiceDifferences.js';
import type { FigureWords } from '../ablationWords.js';
import { chartColour } from '../palette.js';
import { drawChart } from './chart.js';
import type { ChartOptions } from './chartOptions.js';

const rowHeight = 40;

/**
 * By how much each choice differs from the baseline: a dot a choice beside the line of no difference, with its interval as a band.
 * @param name of the chart's file @param lower whether lower is better
 */
export function choiceDifferencesChart(
  choices: readonly (Pick<ChoiceDifference, 'difference' | 'interval' | 'verdict'> & { readonly id: string })[],
  { name, words, lower }: { readonly name: string; readonly words: FigureWords; readonly lower: boolean },
  options: ChartOptions = {},
): string {
  const rows = choices.map((choice, position) => ({ ...choice, position }));
  type Row = (typeof rows)[number];
  const said = ({ difference, interval }: Row) =>
    `${words.signed(difference)} (${interval.map(words.signed).join(' to ')})`;
  const ends = rows.flatMap(({ interval }) => interval);
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const margin = 0.04 * (high - low || 1);
  return drawChart(
    {
      name,
      title: `Difference of ${words.short} from the baseline`,
      subtitle: `Left of the line ${lower ? 'is better' : 'is worse'}, right of it ${lower ? 'worse' : 'better'}. Bands: intervals that hold together.`,
      description: `Dot plot around 0. ${rows.map((row) => `${row.id}: ${said(row)}, ${row.verdict === 'open' ? 'no difference shown' : row.verdict}`).join('; ')}.`,
      height: rows.length * rowHeight + 40,
      plot: {
        marginLeft: 14,
        marginRight: 18,
        marginTop: 0,
        marginBottom: 36,
        x: {
          domain: [low - margin, high + margin],
          label: null,
          ticks: 5,
          tickFormat: (value: number) => (value === 0 ? '0' : words.signed(value)),
        },
        y: { axis: null, type: 'band', domain: rows.map((row) => row.position), padding: 0 },
        marks: [
          Plot.gridX({ stroke: chartColour('grid'), strokeOpacity: 1, ticks: 5 }),
          Plot.ruleX([0], { stroke: chartColour('muted'), strokeWidth: 1.5 }),
          Plot.link(rows, {
            x1: (row: Row) => row.interval[0],
            x2: (row: Row) => row.interval[1],
            y1: 'position',
            y2: 'position',
            dy: 9,
            stroke: chartColour('barSoft'),
            strokeWidth: 9,
            strokeLinecap: 'round',
          }),
          Plot.dot(rows, {
            x: 'difference',
            y: 'position',
            dy: 9,
            r: 5.5,
            // The shape says it, too.
            symbol: (row: Row) => (row.verdict === 'open' ? 'circle' : row.verdict === 'helps' ? 'diamond' : 'square'),
            fill: (row: Row) =>
              chartColour(row.verdict === 'open' ? 'background' : row.verdict === 'helps' ? 'train' : 'validation'),
            stroke: chartColour('outline'),
          }),
          Plot.text(rows, {
            frameAnchor: 'left',
            y: 'position',
            dx: -10,
            dy: -8,
            text: (row: Row) => `${row.id} · ${said(row)}${row.verdict === 'open' ? '' : ` · ${row.verdict}`}`,
            textAnchor: 'start',
            fontVariant: 'tabular-nums',
            fill: chartColour('ink'),
          }),
        ],
      },
    },
    options,
  );
}
