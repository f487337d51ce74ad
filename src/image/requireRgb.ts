import { usageError } from '../errors.js';
import type { Raster } from './raster.js';

/** Pixels that a caller brings, where they are RGB and as many as their size says. @throws LesionlabError kind `usage` */
export function requireRgb(image: Raster): Raster {
  const { width, height, channels, data } = image;
  const sized = [width, height].every((side) => Number.isInteger(side) && side > 0);
  if (channels === 3 && sized && data?.length === width * height * 3) return image;
  throw usageError(
    'bad-raster',
    `Expected RGB pixels: 3 channels, and width * height * 3 values; found ${channels} channels, ${width} x ${height}, and ${data?.length} values.`,
  );
}
