import { requireInteger } from '../checks.js';
import { exchangesSides, type Orientation } from './header/exifOrientation.js';
import type { Raster } from './raster.js';
import { requireRaster } from './requireRaster.js';

/** Column and row of a stored picture of `width` x `height` that is seen upright at column x and row y, for each EXIF orientation. */
const sources: Readonly<
  Record<Orientation, (x: number, y: number, width: number, height: number) => [number, number]>
> = {
  1: (x, y) => [x, y],
  2: (x, y, width) => [width - 1 - x, y],
  3: (x, y, width, height) => [width - 1 - x, height - 1 - y],
  4: (x, y, _, height) => [x, height - 1 - y],
  5: (x, y) => [y, x],
  6: (x, y, _, height) => [y, height - 1 - x],
  7: (x, y, width, height) => [width - 1 - y, height - 1 - x],
  8: (x, y, width) => [width - 1 - y, x],
};

/**
 * A stored picture as it is seen upright: what decoding does for a file with this EXIF orientation.
 * @throws LesionlabError kind `usage` for what is no raster or no orientation
 */
export function turnImage(stored: Raster, orientation: Orientation): Raster {
  requireRaster('stored', stored);
  requireInteger('orientation', orientation, { min: 1, below: 9 });
  if (orientation === 1) return stored;
  const { channels } = stored;
  const [width, height] = exchangesSides(orientation) ? [stored.height, stored.width] : [stored.width, stored.height];
  const data = new Uint8Array(stored.data.length);
  const sourceOf = sources[orientation];
  for (let y = 0, to = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [column, row] = sourceOf(x, y, stored.width, stored.height);
      const from = (row * stored.width + column) * channels;
      for (let c = 0; c < channels; c++) data[to++] = stored.data[from + c];
    }
  return { width, height, channels, data };
}
