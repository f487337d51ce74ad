import { requireInteger, requireLength } from '../checks.js';
import type { Homography } from './homography.js';

/** What pixels show that come from outside of the source: a colour (RGB, 0 to 255), or the source mirrored at its edges. */
export type WarpFill = readonly [number, number, number] | 'reflect';

/**
 * Draws a square picture through a map with bilinear interpolation, as torch's `grid_sample` with `align_corners=False`
 * (`padding_mode` zeros where the colour is black, reflection for `reflect`).
 * @param source HWC, RGB, size * size * 3 bytes
 * @param map from the result to the source
 * @param target CHW floats in [0, 1] from `offset` on, of `side` x `side` pixels; default as many as the source has
 * @throws LesionlabError kind `usage` where source, map or target are not as large as they must be
 */
export function warpSquare(
  source: Uint8Array,
  size: number,
  map: Homography,
  fill: WarpFill,
  target: Float32Array,
  offset = 0,
  side = size,
): void {
  requireInteger('size', size, { min: 1 });
  requireLength('source', source, 3 * size * size, `RGB of ${size} x ${size} pixels`);
  requireLength('map', map, 9, 'a 3 x 3 matrix');
  requireInteger('side', side, { min: 1 });
  requireInteger('offset', offset, { min: 0, max: target.length - 3 * side * side });
  const [a, b, c, d, e, f, g, h, i] = map;
  const reflect = fill === 'reflect';
  const color = reflect ? ([0, 0, 0] as const) : fill;
  const plane = side * side;
  const last = size - 1;
  const line = size * 3;
  let out = offset;
  for (let row = 0; row < side; row++) {
    const y = row + 0.5;
    const u = b * y + c;
    const v = e * y + f;
    const w = h * y + i;
    for (let column = 0; column < side; column++, out++) {
      const x = column + 0.5;
      const share = 1 / (g * x + w);
      let sx = (a * x + u) * share - 0.5;
      let sy = (d * x + v) * share - 0.5;
      const inside = sx >= 0 && sy >= 0 && sx <= last && sy <= last;
      if (!inside && reflect) {
        sx = reflectInto(sx, size);
        sy = reflectInto(sy, size);
      }
      if (inside || (sx >= 0 && sy >= 0 && sx <= last && sy <= last)) {
        // Weights of the pixels beyond the last are zero, so its neighbour may be any.
        const x0 = sx | 0;
        const y0 = sy | 0;
        const fx = sx - x0;
        const fy = sy - y0;
        const at = y0 * line + x0 * 3;
        const right = x0 < last ? 3 : 0;
        const below = y0 < last ? line : 0;
        // Weights in 22 bits: with 8 for the pixel they stay below 2^31, and whole numbers are faster here than floats.
        const w11 = (fx * fy * one + 0.5) | 0;
        const w01 = ((fx * one + 0.5) | 0) - w11;
        const w10 = ((fy * one + 0.5) | 0) - w11;
        const w00 = one - w01 - w10 - w11;
        const at01 = at + right;
        const at10 = at + below;
        const at11 = at10 + right;
        for (let k = 0; k < 3; k++) {
          const sum =
            (Math.imul(source[at + k], w00) +
              Math.imul(source[at01 + k], w01) +
              Math.imul(source[at10 + k], w10) +
              Math.imul(source[at11 + k], w11)) |
            0;
          target[out + k * plane] = sum * toUnitFromFixed;
        }
      } else if (sx > -1 && sy > -1 && sx < size && sy < size) {
        for (let k = 0; k < 3; k++) target[out + k * plane] = sampleAtEdge(source, size, sx, sy, k, color[k]);
      } else {
        // Here too where the map is undefined (NaN).
        target[out] = color[0] * toUnit;
        target[out + plane] = color[1] * toUnit;
        target[out + 2 * plane] = color[2] * toUnit;
      }
    }
  }
}

const toUnit = 1 / 255;
/** Weight 1 as a fixed-point number. */
const one = 2 ** 22;
const toUnitFromFixed = 1 / 255 / one;

/** Mirrors at the picture's outer edges, then holds to the centres of the outermost pixels. */
function reflectInto(position: number, size: number): number {
  const period = 2 * size;
  let edge = (position + 0.5) % period;
  if (edge < 0) edge += period;
  if (edge > size) edge = period - edge;
  return Math.min(Math.max(edge - 0.5, 0), size - 1);
}

function sampleAtEdge(source: Uint8Array, size: number, x: number, y: number, k: number, fill: number): number {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const fx = x - x0;
  const fy = y - y0;
  const pixel = (px: number, py: number) =>
    px >= 0 && py >= 0 && px < size && py < size ? source[(py * size + px) * 3 + k] : fill;
  const upper = pixel(x0, y0) * (1 - fx) + pixel(x0 + 1, y0) * fx;
  const lower = pixel(x0, y0 + 1) * (1 - fx) + pixel(x0 + 1, y0 + 1) * fx;
  return (upper * (1 - fy) + lower * fy) * toUnit;
}
