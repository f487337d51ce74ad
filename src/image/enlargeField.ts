import { requireInteger, requireLength } from '../checks.js';

/**
 * Enlarges (or samples) a field of values bilinearly: pixels are areas whose centres lie at halves, edges go on outwards; as
 * torch's `interpolate` with `align_corners=False`.
 * @param values [height, width]
 * @returns [newHeight, newWidth]
 * @throws LesionlabError kind `usage` for sides that are none, or another number of values
 */
export function enlargeField(
  values: ArrayLike<number>,
  width: number,
  height: number,
  newWidth: number,
  newHeight: number,
): Float32Array {
  for (const [name, side] of Object.entries({ width, height, newWidth, newHeight }))
    requireInteger(name, side, { min: 1 });
  requireLength('values', values, width * height, `${width} x ${height}`);
  const columns = neighbours(width, newWidth);
  const rows = neighbours(height, newHeight);
  const result = new Float32Array(newWidth * newHeight);
  let out = 0;
  for (let y = 0; y < newHeight; y++) {
    const upper = rows.first[y] * width;
    const lower = rows.second[y] * width;
    for (let x = 0; x < newWidth; x++) {
      const [left, right, share] = [columns.first[x], columns.second[x], columns.share[x]];
      const above = values[upper + left] * (1 - share) + values[upper + right] * share;
      const below = values[lower + left] * (1 - share) + values[lower + right] * share;
      result[out++] = above * (1 - rows.share[y]) + below * rows.share[y];
    }
  }
  return result;
}

/** The two values that each new one lies between, and the share of the second. */
function neighbours(size: number, newSize: number) {
  const first = new Int32Array(newSize);
  const second = new Int32Array(newSize);
  const share = new Float64Array(newSize);
  for (let i = 0; i < newSize; i++) {
    const position = Math.min(Math.max(((i + 0.5) * size) / newSize - 0.5, 0), size - 1);
    first[i] = Math.floor(position);
    second[i] = Math.min(first[i] + 1, size - 1);
    share[i] = position - first[i];
  }
  return { first, second, share };
}
