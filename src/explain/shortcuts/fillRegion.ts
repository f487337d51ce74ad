import { requireLength } from '../../checks.js';
import type { Raster } from '../../image/raster.js';

/**
 * What takes the place of what is erased. `inpaint`: colours of the surroundings, carried inwards smoothly; `mean`: one colour, the mean of the
 * skin. Both are without the skin's texture, and both leave an outline that can be seen.
 */
export type FillMethod = 'inpaint' | 'mean';
/** The ways to fill, the first being the default. */
export const fillMethods: readonly FillMethod[] = ['inpaint', 'mean'];

/** Sums of colours with the weight of what is known of them, for one level of a pyramid. */
interface Level {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3], each colour times its weight. */
  readonly sums: Float32Array;
  /** [height, width], 0 where nothing is known, up to 1. */
  readonly weights: Float32Array;
}

/**
 * Fills a region with the colours around it, smoothly: a pyramid of means of what is known, from which what is not is filled from coarse to
 * fine (pull-push, Gortler et al. 1996), then evened out.
 * @param image RGB @param region [width * height], 1 where it is to be filled; the whole picture is left as it is
 */
export function inpaint(image: Raster, region: Uint8Array): Raster {
  const { width, height } = image;
  requireLength('region', region, width * height, 'one a pixel');
  const known = Float32Array.from(region, (flag) => (flag ? 0 : 1));
  if (!known.includes(1)) return image;
  const levels: Level[] = [
    {
      width,
      height,
      weights: known,
      sums: Float32Array.from(image.data, (value, i) => value * known[Math.floor(i / 3)]),
    },
  ];
  while (levels[0].width > 1 || levels[0].height > 1) levels.unshift(halve(levels[0]));
  let filled = colors(levels[0], undefined);
  for (let l = 1; l < levels.length; l++) filled = colors(levels[l], { ...levels[l - 1], filled });
  smoothInside(filled, region, width, height);
  const data = image.data.slice();
  for (let i = 0; i < region.length; i++)
    if (region[i]) for (let c = 0; c < 3; c++) data[3 * i + c] = Math.round(filled[3 * i + c]);
  return { width, height, channels: 3, data };
}

/** Fills a region with one colour. */
export function paintOver(image: Raster, region: Uint8Array, color: readonly [number, number, number]): Raster {
  const data = image.data.slice();
  for (let i = 0; i < region.length; i++) if (region[i]) data.set(color, 3 * i);
  return { ...image, data };
}

function halve({ width, height, sums, weights }: Level): Level {
  const [w, h] = [Math.ceil(width / 2), Math.ceil(height / 2)];
  const small = { width: w, height: h, sums: new Float32Array(w * h * 3), weights: new Float32Array(w * h) };
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = y * width + x;
      const to = (y >> 1) * w + (x >> 1);
      small.weights[to] += weights[from];
      for (let c = 0; c < 3; c++) small.sums[3 * to + c] += sums[3 * from + c];
    }
  // A place that is known well counts no more than one of the picture's own pixels.
  for (let i = 0; i < w * h; i++) {
    if (small.weights[i] <= 1) continue;
    for (let c = 0; c < 3; c++) small.sums[3 * i + c] /= small.weights[i];
    small.weights[i] = 1;
  }
  return small;
}

/** The colours of a level: its own as far as they are known, for the rest those of the level above, between whose places they lie. */
function colors(
  { width, height, sums, weights }: Level,
  above: (Pick<Level, 'width' | 'height'> & { readonly filled: Float32Array }) | undefined,
): Float32Array {
  const found = new Float32Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      if (weights[i] === 1) {
        for (let c = 0; c < 3; c++) found[3 * i + c] = sums[3 * i + c];
        continue;
      }
      for (let c = 0; c < 3; c++) {
        const own = sums[3 * i + c];
        const rest = weights[i] < 1 && above ? (1 - weights[i]) * between(above, x, y, c) : 0;
        found[3 * i + c] = above ? own + rest : own / weights[i];
      }
    }
  return found;
}

/** Bilinear, at the middle of a pixel of twice the size. */
function between(
  { width, height, filled }: Pick<Level, 'width' | 'height'> & { readonly filled: Float32Array },
  x: number,
  y: number,
  c: number,
): number {
  const place = (at: number, size: number) => {
    const middle = Math.min(Math.max(at / 2 - 0.25, 0), size - 1);
    const low = Math.floor(middle);
    return [low, Math.min(low + 1, size - 1), middle - low] as const;
  };
  const [left, right, shareX] = place(x, width);
  const [top, bottom, shareY] = place(y, height);
  const at = (column: number, row: number) => filled[3 * (row * width + column) + c];
  const upper = at(left, top) * (1 - shareX) + at(right, top) * shareX;
  const lower = at(left, bottom) * (1 - shareX) + at(right, bottom) * shareX;
  return upper * (1 - shareY) + lower * shareY;
}

/** Evens out the blocks of the pyramid: each place inside becomes the mean of its four neighbours, some times over. */
function smoothInside(filled: Float32Array, region: Uint8Array, width: number, height: number): void {
  const inside: number[] = [];
  for (let i = 0; i < region.length; i++) if (region[i]) inside.push(i);
  // Of each place: what lies left, right, above and below, or itself at the edge.
  const neighbours = new Int32Array(inside.length * 4);
  for (const [n, i] of inside.entries()) {
    const [x, y] = [i % width, Math.floor(i / width)];
    neighbours[4 * n] = x > 0 ? i - 1 : i;
    neighbours[4 * n + 1] = x < width - 1 ? i + 1 : i;
    neighbours[4 * n + 2] = y > 0 ? i - width : i;
    neighbours[4 * n + 3] = y < height - 1 ? i + width : i;
  }
  for (let pass = 0; pass < 12; pass++)
    for (let n = 0; n < inside.length; n++) {
      const at = 3 * inside[n];
      for (let c = 0; c < 3; c++)
        filled[at + c] =
          (filled[3 * neighbours[4 * n] + c] +
            filled[3 * neighbours[4 * n + 1] + c] +
            filled[3 * neighbours[4 * n + 2] + c] +
            filled[3 * neighbours[4 * n + 3] + c]) /
          4;
    }
}
