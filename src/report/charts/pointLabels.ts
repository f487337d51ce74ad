import * as Plot from '@observablehq/plot';
import { chartColour } from '../palette.js';
import { defaultChartWidth } from './chart.js';
import type { ChartOptions } from './chartOptions.js';

/** A point of two shares in [0, 1], and what it is called. */
export interface NamedPoint {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** Where a plot of two shares lies in its chart, pixels. */
export interface ShareFrame {
  readonly height: number;
  readonly marginLeft: number;
  readonly marginRight: number;
  readonly marginTop: number;
  readonly marginBottom: number;
}

const [fontSize, letter, gap] = [11, 6.3, 8];

/**
 * Names beside points, each where it covers neither a point nor another name: to the right, to the left, below, above; a name for which there is no
 * room is left out.
 */
export function pointLabels(
  points: readonly NamedPoint[],
  frame: ShareFrame,
  { width = defaultChartWidth }: ChartOptions = {},
): Plot.Markish[] {
  const across = width - frame.marginLeft - frame.marginRight;
  const down = frame.height - frame.marginTop - frame.marginBottom;
  const taken: Box[] = points.map(({ x, y }) =>
    around(frame.marginLeft + x * across, frame.marginTop + (1 - y) * down),
  );
  const marks: Plot.Markish[] = [];
  for (const { x, y, text } of points) {
    const [left, top] = [frame.marginLeft + x * across, frame.marginTop + (1 - y) * down];
    const length = letter * text.length;
    for (const [dx, dy, textAnchor] of places) {
      const from = left + dx - (textAnchor === 'start' ? 0 : textAnchor === 'end' ? length : length / 2);
      const box = { left: from, right: from + length, top: top + dy - 6, bottom: top + dy + 6 };
      const inside =
        box.left >= frame.marginLeft && box.right <= width && box.top >= 0 && box.bottom <= frame.height - 20;
      if (!inside || taken.some((other) => overlap(box, other))) continue;
      taken.push(box);
      marks.push(
        Plot.text([{ x, y }], {
          ...{ x: 'x', y: 'y', dx, dy, textAnchor, fontSize },
          text: () => text,
          fill: chartColour('ink'),
          // Lines that pass below a name don't strike it out.
          stroke: chartColour('background'),
          strokeWidth: 3,
        }),
      );
      break;
    }
  }
  return marks;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const around = (x: number, y: number): Box => ({ left: x - 5, right: x + 5, top: y - 5, bottom: y + 5 });

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

const places = [
  [gap, 0, 'start'],
  [-gap, 0, 'end'],
  [gap, 11, 'start'],
  [gap, -11, 'start'],
  [0, 14, 'middle'],
  [0, -14, 'middle'],
  [-gap, 11, 'end'],
  [-gap, -11, 'end'],
] as const;
