import type { Raster } from '../../image/raster.js';
import { Random } from '../../random.js';
import { type ForeignPainter, paintBlank, paintDrawn, paintNoise } from './paintPatterns.js';
import { paintPhotograph } from './paintPhotograph.js';

/**
 * Kinds of images that are certainly no dermatoscopic images: `noise` (of pixels, blots, stripes), `blank` (one colour, hardly
 * shaded), `drawn` (text, shapes, line drawings, charts) and `photograph` (landscapes, buildings, rooms with things).
 */
export type ForeignKind = 'noise' | 'blank' | 'drawn' | 'photograph';
/** Every kind of foreign image. */
export const foreignKinds: readonly ForeignKind[] = ['noise', 'blank', 'drawn', 'photograph'];

const painters: Readonly<Record<ForeignKind, ForeignPainter>> = {
  noise: paintNoise,
  blank: paintBlank,
  drawn: paintDrawn,
  photograph: paintPhotograph,
};

/** Which foreign image is painted. */
export interface ForeignImageOptions {
  readonly seed: number;
  /** From 0; each index is another image, the same whatever others are painted. */
  readonly index: number;
  /** Pixels. Default 240 by 180, the proportions of dermatoscopic photographs. */
  readonly size?: readonly [width: number, height: number];
}

/** Paints an image that is no dermatoscopic image, to try out whether it is told apart: RGB, the same for the same options. */
export function paintForeignImage(kind: ForeignKind, { seed, index, size = [240, 180] }: ForeignImageOptions): Raster {
  return painters[kind](new Random(seed, 'foreign', kind, index), size);
}
