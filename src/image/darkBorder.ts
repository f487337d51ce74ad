import { cropImage } from './crop.js';
import type { Part } from './homography.js';
import type { Raster } from './raster.js';
import { requireRaster } from './requireRaster.js';

/** Pixels whose brightest channel is below this are dark: the inside of a dermatoscope is, and hardly any skin. */
const dark = 40;
/** A row or column belongs to the picture from this share of pixels on that are not dark. */
const leastSeen = 0.1;
/** What would leave less of a side than this is no border, but a dark picture. */
const leastKept = 0.4;
/** Rows and columns that are looked at, at most. */
const mostLines = 512;

/**
 * Finds the part of a picture within its dark border: black bars, or the edge of a dermatoscope's round field, of which the smallest rectangle is kept that holds nearly
 * all of it. The whole picture where there is no border.
 * @param image RGB
 * @throws LesionlabError kind `usage` for what is no RGB picture
 */
export function findInsideBorder(image: Raster): Part {
  requireRaster('image', image, 3);
  const { width, height, data } = image;
  // Lines in even distances are enough to tell, and large photographs have a hundred times as many pixels as the answer needs.
  const [across, down] = [Math.ceil(width / mostLines), Math.ceil(height / mostLines)];
  const columns = new Uint32Array(Math.ceil(width / across));
  const rows = new Uint32Array(Math.ceil(height / down));
  for (let row = 0; row < rows.length; row++)
    for (let column = 0; column < columns.length; column++) {
      const at = 3 * (row * down * width + column * across);
      if (data[at] < dark && data[at + 1] < dark && data[at + 2] < dark) continue;
      rows[row]++;
      columns[column]++;
    }
  const [left, right] = seenRange(columns, rows.length, across, width);
  const [top, bottom] = seenRange(rows, columns.length, down, height);
  const part = { left, top, width: right - left, height: bottom - top };
  return part.width < leastKept * width || part.height < leastKept * height ? { left: 0, top: 0, width, height } : part;
}

/** First place that is seen, and the one after the last. */
function seenRange(counts: Uint32Array, of: number, step: number, length: number): [number, number] {
  const isSeen = (count: number) => count >= leastSeen * of;
  const first = counts.findIndex(isSeen);
  const last = counts.findLastIndex(isSeen);
  return first < 0 ? [0, 0] : [first * step, Math.min(length, (last + 1) * step)];
}

/** A picture without its dark border; the same raster where it has none. */
export const withoutBorder = (image: Raster): Raster => cutPart(image, findInsideBorder(image));

/**
 * Cuts out of a picture, or of a mask of it at another size, the part that lies within the border of the image.
 * @param mask any raster of the same shape as the image @param image RGB
 */
export function cutLikewise(mask: Raster, image: Raster): Raster {
  const { left, top, width, height } = findInsideBorder(image);
  const [x, y] = [mask.width / image.width, mask.height / image.height];
  const [from, to] = [Math.round(left * x), Math.round((left + width) * x)];
  const [above, below] = [Math.round(top * y), Math.round((top + height) * y)];
  return cutPart(mask, { left: from, top: above, width: Math.max(1, to - from), height: Math.max(1, below - above) });
}

const cutPart = (image: Raster, { left, top, width, height }: Part): Raster =>
  width === image.width && height === image.height ? image : cropImage(image, left, top, width, height);
