import type { Look } from './looks.js';
import { cloud } from './noise.js';

/** Where a picture was taken from: pixels to lesion coordinates (unit: the lesion's mean radius) and back. */
export interface View {
  readonly x: number;
  readonly y: number;
  /** Pixels a mean radius. */
  readonly scale: number;
  readonly cos: number;
  readonly sin: number;
}

/** A lesion's border in polar coordinates and its waves. */
export interface Shape {
  readonly look: Look;
  /** Seed of the lesion's noise fields. */
  readonly field: number;
  readonly waves: readonly { readonly height: number; readonly phase: number }[];
}

/** Distance from the middle in border radii: 1 on the border, below 1 inside. Coordinates in mean radii. */
export function depthAt(shape: Shape, u: number, v: number): number {
  const { look, field, waves } = shape;
  // Warping the plane a little makes the border rough at all scales.
  const rough = look.irregularity * 1.2;
  const wu = u + rough * (cloud(u * 2.5 + 40, v * 2.5, field, 2) - 0.5);
  const wv = (v + rough * (cloud(u * 2.5, v * 2.5 + 40, field + 1, 2) - 0.5)) * look.elongation;
  const angle = Math.atan2(wv, wu);
  let radius = Math.sqrt(look.elongation);
  for (let k = 0; k < waves.length; k++) radius *= 1 + waves[k].height * Math.cos((k + 2) * angle + waves[k].phase);
  return Math.hypot(wu, wv) / radius;
}
