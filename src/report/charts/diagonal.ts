import * as Plot from '@observablehq/plot';
import { chartColour } from '../palette.js';

/** Axes of two shares, from 0 to 1. @param label of the probability that was said @param tickFormat of both axes */
export const shareAxes = (label: string, tickFormat: (value: number) => string) => ({
  marginLeft: 46,
  marginRight: 20,
  marginTop: 14,
  marginBottom: 42,
  x: {
    domain: [0, 1] as [number, number],
    label,
    labelAnchor: 'center' as const,
    labelArrow: 'none' as const,
    ticks: 5,
    tickFormat,
  },
  y: { domain: [0, 1] as [number, number], label: null, ticks: 5, tickFormat },
});

/** A grid, and the diagonal on which what was said is what was seen. */
export const diagonal = (): Plot.Markish[] => [
  Plot.gridY([0, 0.2, 0.4, 0.6, 0.8, 1], { stroke: chartColour('grid'), strokeOpacity: 1 }),
  Plot.line(
    [
      [0, 0],
      [1, 1],
    ],
    { stroke: chartColour('muted'), strokeWidth: 1 },
  ),
];
