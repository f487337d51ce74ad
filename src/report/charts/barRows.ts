import * as Plot from '@observablehq/plot';
import { chartColour } from '../palette.js';
import { defaultChartWidth, drawChart } from './chart.js';
import type { ChartOptions } from './chartOptions.js';

/** One bar with its words above it: the label on the left, the value on the right. */
export interface BarRow {
  readonly label: string;
  readonly value: number;
  /** The value for readers, for example `6,705 images`. */
  readonly text: string;
  readonly colour?: string;
  /** A second value, drawn as a mark across the bar. */
  readonly mark?: number;
}

export interface BarRowsContent {
  readonly name: string;
  readonly title: string;
  readonly subtitle?: string;
  readonly description: string;
  readonly rows: readonly BarRow[];
}

const rowHeight = 38;

/**
 * Horizontal bars with their words above them, so that long labels need no margin and no number is hidden by a bar; the
 * longest bar takes the whole width.
 */
export function barRows(content: BarRowsContent, options: ChartOptions = {}): string {
  const { name, title, subtitle, description } = content;
  // Positions instead of labels as the band scale's domain: two rows may share a label.
  const rows = content.rows.map((row, position) => ({ ...row, position }));
  const longest = Math.max(...rows.map((row) => row.value), Number.MIN_VALUE);
  const marked = rows.filter((row) => row.mark !== undefined);
  const charactersBeside = Math.floor((options.width ?? defaultChartWidth) / 6.9);
  return drawChart(
    {
      name,
      title,
      subtitle,
      description,
      height: Math.max(rows.length, 1) * rowHeight + 10,
      plot: {
        marginLeft: 4,
        marginRight: 4,
        marginTop: 2,
        marginBottom: 8,
        x: { axis: null, domain: [0, longest] },
        y: { axis: null, type: 'band', domain: rows.map((row) => row.position), padding: 0 },
        marks: [
          Plot.barX(rows, {
            x: 'value',
            y: 'position',
            fill: (row: BarRow) => row.colour ?? chartColour('bar'),
            stroke: chartColour('outline'),
            strokeWidth: 0.7,
            insetTop: 20,
            insetBottom: 5,
            rx: 1.5,
          }),
          Plot.tickX(marked, {
            x: 'mark',
            y: 'position',
            stroke: chartColour('ink'),
            strokeWidth: 2.5,
            insetTop: 19,
            insetBottom: 2,
          }),
          Plot.text(rows, {
            frameAnchor: 'left',
            y: 'position',
            dy: -9,
            text: (row: BarRow) => shorten(row.label, charactersBeside - row.text.length - 2),
            textAnchor: 'start',
          }),
          Plot.text(rows, {
            frameAnchor: 'right',
            y: 'position',
            dy: -9,
            text: 'text',
            textAnchor: 'end',
            fill: chartColour('muted'),
            fontVariant: 'tabular-nums',
          }),
        ],
      },
    },
    options,
  );
}

function shorten(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, Math.max(characters - 1, 1)).trimEnd()}…`;
}
