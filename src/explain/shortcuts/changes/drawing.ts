import type { Raster } from '../../../image/raster.js';
import type { MaskedPicture } from '../pictureChange.js';

/** How something is drawn. */
export interface Ink {
  readonly color: readonly [red: number, green: number, blue: number];
  /** Share of the ink in what is seen, (0, 1]. */
  readonly opacity: number;
  /** Whether it darkens what lies below, as ink on skin does, in place of covering it. */
  readonly stains?: boolean;
}

function* pixelsOfDisc({ width, height }: Pick<Raster, 'width' | 'height'>, x: number, y: number, radius: number) {
  const reach = Math.ceil(radius);
  const [column, row] = [Math.round(x), Math.round(y)];
  for (let dy = -reach; dy <= reach; dy++)
    for (let dx = -reach; dx <= reach; dx++) {
      const [px, py] = [column + dx, row + dy];
      if (Math.hypot(px - x, py - y) > Math.max(radius, 0.71)) continue;
      yield px < 0 || py < 0 || px >= width || py >= height ? -1 : py * width + px;
    }
}

/** Whether a disc lies within the picture and outside the lesion with its margin. */
export function isFree({ image, grown }: MaskedPicture, x: number, y: number, radius: number): boolean {
  for (const place of pixelsOfDisc(image, x, y, radius)) if (place < 0 || grown[place]) return false;
  return true;
}

/** Draws a disc, each pixel once however many discs lie over each other. @param drawn [width * height], pixels that were drawn, kept here */
export function drawDisc(target: Raster, drawn: Uint8Array, x: number, y: number, radius: number, ink: Ink): void {
  const { color, opacity, stains = false } = ink;
  for (const place of pixelsOfDisc(target, x, y, radius)) {
    if (place < 0 || drawn[place]) continue;
    drawn[place] = 1;
    for (let c = 0; c < 3; c++) {
      const below = target.data[3 * place + c];
      const above = stains ? (below * color[c]) / 255 : color[c];
      target.data[3 * place + c] = Math.round(below * (1 - opacity) + above * opacity);
    }
  }
}
