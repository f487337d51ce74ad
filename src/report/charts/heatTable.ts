import * as Plot from '@observablehq/plot';
import { formatPercent } from '../format.js';
import { chartColour, heatTextSwitch } from '../palette.js';
import { defaultChartWidth, drawChart, wrapText } from './chart.js';
import type { ChartOptions } from './chartOptions.js';

export interface HeatTableCell {
  readonly share: number;
  readonly lines: readonly string[];
  /** Where the cell leads to within its page, and that in words. */
  readonly link?: { readonly href: string; readonly label: string };
}

/** A table whose cells are shaded by a share in [0, 1] and written on in one or two lines. */
export interface HeatTableContent {
  readonly name: string;
  readonly title: string;
  readonly subtitle?: string;
  readonly description: string;
  readonly rows: readonly { readonly label: string; readonly note?: string }[];
  readonly columns: readonly string[];
  /** `cells[row][column]`. */
  readonly cells: readonly (readonly HeatTableCell[])[];
  readonly rowAxis?: string;
  readonly columnAxis?: string;
  /** Pixels; 44 with two lines of text, 26 with one. */
  readonly rowHeight: number;
  /** Frames the cells on the diagonal. */
  readonly diagonal?: boolean;
}

/** A share that is more than nothing as `<1%` where it would read as zero. */
export function shareText(share: number): string {
  return share > 0 && share < 0.005 ? '<1%' : formatPercent(share, 0);
}

export function heatTable(content: HeatTableContent, options: ChartOptions = {}): string {
  const width = options.width ?? defaultChartWidth;
  const { rows, columns, rowHeight } = content;
  const longest = Math.max(...rows.map(({ label }) => label.length));
  const marginLeft = content.rowAxis ? 134 : Math.min(116, 16 + longest * 6.9);
  const marginRight = rows.some((row) => row.note) ? 46 : 6;
  const marginTop = content.columnAxis ? 40 : 24;
  const cells = content.cells.flatMap((line, row) => line.map((cell, column) => ({ ...cell, row, column })));
  const labelCharacters = Math.floor((marginLeft - (content.rowAxis ? 24 : 6)) / 6.4);
  const text = (onDark: boolean) =>
    Plot.text(
      cells.filter((cell) => cell.share > heatTextSwitch === onDark),
      {
        x: 'column',
        y: 'row',
        text: (cell) => cell.lines.join('\n'),
        fill: chartColour(onDark ? 'heatTextOn' : 'heatText'),
        fontSize: columns.length > 5 ? 11 : 12,
        fontVariant: 'tabular-nums',
        lineHeight: 1.15,
      },
    );
  const axisName = { fill: chartColour('muted'), fontSize: 12 } as const;
  return drawChart(
    {
      name: content.name,
      title: content.title,
      subtitle: content.subtitle,
      description: content.description,
      height: rows.length * rowHeight + marginTop + 8,
      plot: {
        marginLeft,
        marginRight,
        marginTop,
        marginBottom: 8,
        x: { axis: null, type: 'band', domain: columns.map((_, i) => i), padding: 0.04 },
        y: { axis: null, type: 'band', domain: rows.map((_, i) => i), padding: 0.04 },
        opacity: { type: 'identity' },
        marks: [
          Plot.cell(cells, {
            x: 'column',
            y: 'row',
            fill: chartColour('heat'),
            fillOpacity: 'share',
            stroke: chartColour('grid'),
          }),
          content.diagonal
            ? Plot.cell(
                cells.filter((cell) => cell.row === cell.column),
                { x: 'column', y: 'row', fill: 'none', stroke: chartColour('outline'), strokeWidth: 1.5 },
              )
            : null,
          text(false),
          text(true),
          Plot.text(columns, {
            x: (_, i) => i,
            text: (d) => d,
            frameAnchor: 'top',
            dy: -14,
            fontWeight: 600,
            fontSize: 11,
          }),
          Plot.text(rows, {
            y: (_, i) => i,
            text: (row) => wrapText(row.label, labelCharacters, rowHeight > 34 ? 3 : rowHeight > 28 ? 2 : 1).join('\n'),
            frameAnchor: 'left',
            textAnchor: 'end',
            dx: -8,
            lineHeight: 1.05,
          }),
          Plot.text(rows, {
            y: (_, i) => i,
            text: (row) => row.note ?? '',
            frameAnchor: 'right',
            textAnchor: 'end',
            dx: marginRight - 6,
            fill: chartColour('muted'),
            fontVariant: 'tabular-nums',
          }),
          content.columnAxis
            ? Plot.text([content.columnAxis], { frameAnchor: 'top', text: (d) => d, dy: -31, ...axisName })
            : null,
          content.rowAxis
            ? Plot.text([content.rowAxis], {
                frameAnchor: 'left',
                text: (d) => d,
                rotate: -90,
                dx: 12 - marginLeft,
                ...axisName,
              })
            : null,
          Plot.cell(
            cells.filter(({ link }) => link),
            {
              x: 'column',
              y: 'row',
              fill: 'none',
              href: (cell: HeatTableCell) => cell.link?.href,
              ariaLabel: (cell: HeatTableCell) => cell.link?.label,
            },
          ),
        ],
      },
    },
    { ...options, width },
  );
}
