import { requireLength, requireNumbers, requireSome } from '../checks.js';
import { type ClassActivationMap, enlargeHeatMap } from './heatmap.js';

/**
 * Heat maps of several networks for one image as one: each in its own [0, 1], enlarged bilinearly to the finest of them, times its
 * network's weight; the sum is divided by its maximum. Scaled first, since the scores of different networks have different units, and
 * a network with larger numbers would drown the others.
 * @param maps of the same part of the image; one without heat adds nothing @param weights one a map, above 0
 * @throws LesionlabError kind `usage` where there are no maps, or not a weight for each
 * @returns the map itself where there is one only; else `peak` is that of the sum, in units of the weights
 */
export function combineHeatMaps(maps: readonly ClassActivationMap[], weights: readonly number[]): ClassActivationMap {
  requireSome('maps', maps, 'heat map');
  requireLength('weights', weights, maps.length, 'one a map');
  requireNumbers('weights', weights, { min: 0 });
  if (maps.length === 1) return maps[0];
  const width = Math.max(...maps.map((map) => map.width));
  const height = Math.max(...maps.map((map) => map.height));
  const sums = new Float64Array(width * height);
  for (const [m, map] of maps.entries()) {
    const { values } = map.width === width && map.height === height ? map : enlargeHeatMap(map, width, height);
    for (let i = 0; i < sums.length; i++) sums[i] += weights[m] * values[i];
  }
  const peak = sums.reduce((highest, sum) => Math.max(highest, sum), 0);
  const values = Float32Array.from(sums, (sum) => (peak > 0 ? sum / peak : 0));
  return { width, height, values, peak, empty: peak === 0 };
}
