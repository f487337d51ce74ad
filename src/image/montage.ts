import { requireInteger } from '../checks.js';
import { drawText, fillRectangle, fitText, measureText } from './bitmapFont.js';
import type { Raster } from './raster.js';
import { requireRaster } from './requireRaster.js';

type Color = readonly [number, number, number];

/** One picture of a montage, with what is written below it. */
export interface MontageTile {
  /** RGB. Smaller ones stand in the middle of their cell. */
  readonly image: Raster;
  /** Lines of text below the picture, shortened to fit; the first is darker and larger. */
  readonly lines?: readonly string[];
  /** A bar above the picture, for example a class's colour. */
  readonly accent?: Color;
}

/** How a montage is laid out. */
export interface MontageOptions {
  readonly columns: number;
  /** Line above everything. */
  readonly title?: string;
  /** Size of a font pixel. Default 2. */
  readonly textScale?: number;
  /** Pixels between cells and around them. Default 12. */
  readonly gap?: number;
}

const background: Color = [255, 255, 255];
const dark: Color = [32, 36, 42];
const muted: Color = [104, 112, 122];

/** Sets pictures side by side in rows, with text below each: one RGB raster, drawn without any system font. @throws LesionlabError kind `usage` for tiles that aren't RGB, or no columns */
export function drawMontage(tiles: readonly MontageTile[], options: MontageOptions): Raster {
  const { columns, title, textScale: scale = 2, gap = 12 } = options;
  requireInteger('columns', columns, { min: 1 });
  requireInteger('textScale', scale, { min: 1 });
  requireInteger('gap', gap, { min: 0 });
  for (const [t, { image }] of tiles.entries()) requireRaster(`tiles[${t}].image`, image, 3);
  const small = Math.max(1, scale - 1);
  const lineHeight = measureText('', scale).height + 2 * scale;
  const smallLineHeight = measureText('', small).height + 2 * small;
  const cellWidth = Math.max(1, ...tiles.map(({ image }) => image.width));
  const imageHeight = Math.max(1, ...tiles.map(({ image }) => image.height));
  const lineCount = Math.max(0, ...tiles.map(({ lines }) => lines?.length ?? 0));
  const barHeight = tiles.some(({ accent }) => accent) ? 2 * scale : 0;
  const textHeight = lineCount > 0 ? 2 * scale + lineHeight + (lineCount - 1) * smallLineHeight : 0;
  const cellHeight = barHeight + imageHeight + textHeight;
  const titleHeight = title === undefined ? 0 : lineHeight + gap;
  const rows = Math.ceil(tiles.length / columns);
  const width = gap + Math.min(columns, Math.max(1, tiles.length)) * (cellWidth + gap);
  const height = gap + titleHeight + rows * (cellHeight + gap);
  const sheet: Raster = { width, height, channels: 3, data: new Uint8Array(width * height * 3) };
  fillRectangle(sheet, 0, 0, width, height, background);
  if (title !== undefined) drawText(sheet, fitText(title, width - 2 * gap, scale), gap, gap, dark, scale);
  tiles.forEach(({ image, lines = [], accent }, i) => {
    const left = gap + (i % columns) * (cellWidth + gap);
    const top = gap + titleHeight + Math.floor(i / columns) * (cellHeight + gap);
    if (accent) fillRectangle(sheet, left, top, cellWidth, barHeight, accent);
    const x = left + Math.floor((cellWidth - image.width) / 2);
    const y = top + barHeight + Math.floor((imageHeight - image.height) / 2);
    paste(image, sheet, x, y);
    let lineTop = top + barHeight + imageHeight + 3 * scale;
    lines.forEach((line, row) => {
      const lineScale = row === 0 ? scale : small;
      drawText(sheet, fitText(line, cellWidth, lineScale), left, lineTop, row === 0 ? dark : muted, lineScale);
      lineTop += row === 0 ? lineHeight : smallLineHeight;
    });
  });
  return sheet;
}

function paste(image: Raster, sheet: Raster, left: number, top: number): void {
  for (let y = 0; y < image.height; y++) {
    const line = image.data.subarray(y * image.width * 3, (y + 1) * image.width * 3);
    sheet.data.set(line, ((top + y) * sheet.width + left) * 3);
  }
}
