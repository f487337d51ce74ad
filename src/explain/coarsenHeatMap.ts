import { requireInteger, requireLength } from '../checks.js';
import type { HeatMap } from './heatmap.js';

/**
 * Averages a fine heat map over areas of equal size, so that at most `side` of them stand in a row, and divides by the
 * largest. HiResCAM at an early layer is a cloud of single points, one for each window that pooling chose: what the eye needs is
 * how dense they are.
 * @returns the map itself where it is no finer
 * @throws LesionlabError kind `usage` where the map isn't as large as it says
 */
export function coarsenHeatMap(heat: HeatMap, side: number): HeatMap {
  const { values } = heat;
  requireInteger('side', side, { min: 1 });
  requireLength('values', values, heat.width * heat.height, `${heat.width} x ${heat.height}`);
  if (heat.width <= side && heat.height <= side) return heat;
  const [width, height] = [Math.min(side, heat.width), Math.min(side, heat.height)];
  const sums = new Float64Array(width * height);
  const counts = new Float64Array(width * height);
  for (let y = 0; y < heat.height; y++) {
    const row = Math.floor((y * height) / heat.height) * width;
    for (let x = 0; x < heat.width; x++) {
      const cell = row + Math.floor((x * width) / heat.width);
      sums[cell] += values[y * heat.width + x];
      counts[cell]++;
    }
  }
  const means = sums.map((sum, cell) => sum / counts[cell]);
  const largest = means.reduce((most, mean) => Math.max(most, mean), 0);
  return { width, height, values: Float32Array.from(means, (mean) => (largest > 0 ? mean / largest : 0)) };
}
