import type { Raster } from '../../image/raster.js';
import type { Preprocessing } from './preprocessing.js';

/**
 * One image of a batch as a picture again: what the network sees, undone from normalisation.
 * @param values [N, 3, S, S], normalised
 */
export function denormaliseImage(
  values: Float32Array,
  { imageSize, mean, std }: Pick<Preprocessing, 'imageSize' | 'mean' | 'std'>,
  index = 0,
): Raster {
  const plane = imageSize ** 2;
  const data = new Uint8Array(plane * 3);
  for (let c = 0; c < 3; c++) {
    const start = (index * 3 + c) * plane;
    for (let i = 0; i < plane; i++) {
      const value = Math.round((values[start + i] * std[c] + mean[c]) * 255);
      data[i * 3 + c] = Math.min(255, Math.max(0, value));
    }
  }
  return { width: imageSize, height: imageSize, channels: 3, data };
}
