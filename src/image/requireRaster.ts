import { requireInteger, requireLength, unexpected } from '../checks.js';
import type { Raster } from './raster.js';

/**
 * A picture that is one: whole sides from 1, as many bytes as they say.
 * @param channels how many it must have, where not any will do
 * @throws LesionlabError kind `usage`
 */
export function requireRaster(name: string, image: Raster, channels?: Raster['channels']): void {
  const { width, height } = image;
  requireInteger(`${name}.width`, width, { min: 1 });
  requireInteger(`${name}.height`, height, { min: 1 });
  if (channels === undefined ? ![1, 3, 4].includes(image.channels) : image.channels !== channels)
    throw unexpected(`${name}.channels`, channels === undefined ? '1, 3 or 4' : `${channels}`, image.channels);
  requireLength(
    `${name}.data`,
    image.data,
    width * height * image.channels,
    `${width} x ${height} x ${image.channels}`,
  );
}
