import type { Raster } from '../../image/raster.js';
import { channelPlaces } from './networkInput.js';
import type { Normalisation } from './preprocessing.js';

/**
 * One image of a batch as a picture again: what the network sees, undone from normalisation.
 * @param values [N, 3, S, S], normalised, channels in the network's order
 */
export function denormaliseImage(
  values: Float32Array,
  { imageSize, mean, std, channelOrder }: Normalisation,
  index = 0,
): Raster {
  const plane = imageSize ** 2;
  const places = channelPlaces({ channelOrder });
  const data = new Uint8Array(plane * 3);
  for (let c = 0; c < 3; c++) {
    const start = (index * 3 + places[c]) * plane;
    for (let i = 0; i < plane; i++) {
      const value = Math.round((values[start + i] * std[c] + mean[c]) * 255);
      data[i * 3 + c] = Math.min(255, Math.max(0, value));
    }
  }
  return { width: imageSize, height: imageSize, channels: 3, data };
}
