import { requireInteger, requireNumber } from '../../checks.js';

/**
 * Mixes a picture with a smoothed copy of it, in place: 0 is that copy, 1 changes nothing, more is sharper. torchvision's `functional.adjust_sharpness`
 * for floats: the outermost pixels stay, results are clamped to [0, 1].
 * @param planes three planes of `size` x `size` values in [0, 1] from `offset` on
 * @throws LesionlabError kind `usage` where the planes don't lie within the values, or the factor is below 0
 */
export function adjustSharpness(planes: Float32Array, offset: number, size: number, factor: number): void {
  const plane = size * size;
  requireInteger('size', size, { min: 1 });
  requireInteger('offset', offset, { min: 0, max: planes.length - 3 * plane });
  requireNumber('factor', factor, { min: 0 });
  const before = new Float32Array(plane);
  for (let start = offset; start < offset + 3 * plane; start += plane) {
    before.set(planes.subarray(start, start + plane));
    for (let y = 1; y < size - 1; y++)
      for (let x = 1, i = y * size + 1; x < size - 1; x++, i++) {
        const [above, below] = [i - size, i + size];
        const ring =
          before[above - 1] + before[above] + before[above + 1] + before[i - 1] + before[i + 1] + before[below - 1];
        const smooth = (ring + before[below] + before[below + 1] + 5 * before[i]) / 13;
        const value = before[i] * factor + smooth * (1 - factor);
        planes[start + i] = value < 0 ? 0 : value > 1 ? 1 : value;
      }
  }
}
