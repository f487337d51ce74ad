import * as Plot from '@observablehq/plot';
import { chartColour } from '../palette.js';
import { drawChart, wrapText } from './chart.js';
import type { ChartOptions } from './chartOptions.js';

/** A box: its first line is what it is, the others are counts. */
export interface FlowBox {
  readonly lines: readonly string[];
  /** Which box of the row above leads here, from 0; the one above it where left out. */
  readonly from?: number;
}

/** What stands side by side, and what left on the way there. */
export interface FlowRow {
  readonly boxes: readonly FlowBox[];
  /** Beside the arrow that leads from this row: what goes no further. */
  readonly leaves?: FlowBox;
}

const diagramWidth = 680;
const gap = 20;
const lineHeight = 17;
const padding = 10;
/** Between two rows, with and without something that leaves. */
const [plainStep, leavingStep] = [34, 24];

interface Placed {
  readonly lines: readonly string[];
  readonly from: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Where images come from, what left on the way, and where they went: boxes from top to bottom, in the form that reporting guidelines ask for. */
export function flowDiagram(
  rows: readonly FlowRow[],
  { title, description }: { readonly title: string; readonly description: string },
  options: ChartOptions = {},
): string {
  const width = options.width ?? diagramWidth;
  const placed: Placed[][] = [];
  const leaving: { readonly box: Placed; readonly x: number }[] = [];
  let y = 8;
  for (const { boxes, leaves } of rows) {
    const each = boxes.length > 1 ? (width - 8 - gap * (boxes.length - 1)) / boxes.length : (width - 8) * 0.52;
    const heights = boxes.map(({ lines }) => measure(lines, each).length * lineHeight + 2 * padding);
    const height = Math.max(...heights);
    const row = boxes.map((box, i): Placed => {
      const left = 4 + i * (each + gap);
      return {
        lines: measure(box.lines, each),
        from: box.from ?? Math.min(i, (placed.at(-1)?.length ?? 1) - 1),
        left,
        right: left + each,
        top: y,
        bottom: y + height,
      };
    });
    placed.push(row);
    y += height;
    if (leaves) {
      const left = 4 + (width - 8) * 0.56;
      const lines = measure(leaves.lines, width - 4 - left);
      const top = y + 10;
      const bottom = top + lines.length * lineHeight + 2 * padding;
      leaving.push({
        box: { lines, from: 0, left, right: width - 4, top, bottom },
        x: (row[0].left + row[0].right) / 2,
      });
      y = bottom + leavingStep - 8;
    } else y += plainStep;
  }
  const last = placed.at(-1)!;
  const height = Math.max(...last.map(({ bottom }) => bottom), ...leaving.map(({ box }) => box.bottom)) + 8;
  const all = [...placed.flat(), ...leaving.map(({ box }) => box)];
  const middle = ({ left, right }: Placed) => (left + right) / 2;
  const arrows = placed.slice(1).flatMap((row, i) =>
    row.map((box) => {
      const parent = placed[i][box.from];
      const bend = box.top - 16;
      return { box, parent, bend };
    }),
  );
  const lines = arrows.flatMap(({ box, parent, bend }) => [
    { x1: middle(parent), y1: parent.bottom, x2: middle(parent), y2: bend },
    { x1: middle(parent), y1: bend, x2: middle(box), y2: bend },
  ]);
  const texts = all.flatMap(({ lines: own, left, top }) =>
    own.map((text, i) => ({ text, x: left + padding, y: top + padding + (i + 0.5) * lineHeight, bold: i === 0 })),
  );
  const text = (bold: boolean) =>
    Plot.text(
      texts.filter((line) => line.bold === bold),
      {
        x: 'x',
        y: 'y',
        text: 'text',
        textAnchor: 'start',
        fill: chartColour('ink'),
        ...(bold && { fontWeight: 600 }),
      },
    );
  const arrow = (data: Plot.Data) =>
    Plot.arrow(data, {
      x1: 'x1',
      y1: 'y1',
      x2: 'x2',
      y2: 'y2',
      stroke: chartColour('outline'),
      strokeWidth: 1.2,
      headLength: 7,
    });
  return drawChart(
    {
      name: 'flow',
      title,
      description,
      height,
      plot: {
        margin: 0,
        x: { type: 'identity', axis: null },
        y: { type: 'identity', axis: null },
        marks: [
          Plot.link(lines, {
            x1: 'x1',
            y1: 'y1',
            x2: 'x2',
            y2: 'y2',
            stroke: chartColour('outline'),
            strokeWidth: 1.2,
          }),
          arrow(arrows.map(({ box, bend }) => ({ x1: middle(box), y1: bend, x2: middle(box), y2: box.top }))),
          arrow(
            leaving.map(({ box, x }) => ({
              x1: x,
              y1: (box.top + box.bottom) / 2,
              x2: box.left,
              y2: (box.top + box.bottom) / 2,
            })),
          ),
          Plot.rect(all, {
            x1: 'left',
            x2: 'right',
            y1: 'top',
            y2: 'bottom',
            rx: 3,
            fill: chartColour('background'),
            stroke: chartColour('outline'),
            strokeWidth: 1.2,
          }),
          text(true),
          text(false),
        ],
      },
    },
    { ...options, width },
  );
}

/** Lines that fit into a box of that width. */
const measure = (lines: readonly string[], width: number): string[] =>
  lines.flatMap((line) => wrapText(line, Math.floor((width - 2 * padding) / 6.9), 4));
