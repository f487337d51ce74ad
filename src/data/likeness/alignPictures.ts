/** How alike two pictures are once the second is laid on the first as well as a shift, a turn by a little and a zoom allow. */
export interface Likeness {
  /** Correlation of their brightness where they overlap, -1 to 1. */
  readonly whole: number;
  /** Correlation of their fine structure alone, each place divided by how much of it there is around: grain, hairs, network; -1 to 1. */
  readonly detail: number;
  /** Share of the first picture that both show. */
  readonly overlap: number;
}

/** Steps that an alignment takes at most: of the blurred pictures, of the sharp ones. */
const steps = [12, 8] as const;
/** Overlap below which two pictures can't be said to show the same. */
const leastOverlap = 0.55;
/** Correlation of the blurred pictures below which there is no use in going on. */
const leastBlurred = 0.75;
/** Deviations of the blurs that an alignment begins and ends with, pixels. */
const [muchBlur, littleBlur] = [2, 0.7];
/** Deviations of the blurs between which fine structure lies, and of that over which it is levelled. */
const [finest, coarsest, surroundings] = [0.4, 1, 3];
/** How far a warp may be from a zoom and a turn. */
const mostShear = 0.15;
/** Of the blurred pictures every second pixel of every second row does. */
const strides = [2, 1] as const;

/** What a picture is compared by, computed once. */
export interface PictureDetail {
  readonly size: number;
  readonly grey: Float32Array;
  /** Blurred and nearly sharp, each of mean 0 and deviation 1. */
  readonly levels: readonly Float32Array[];
  /** Fine structure, levelled. */
  readonly detail: Float32Array;
}

/** @param grey square picture, [S, S] */
export function takeDetail(grey: Float32Array, size: number): PictureDetail {
  const rest = subtract(blur(grey, size, finest), blur(grey, size, coarsest));
  const power = blur(
    rest.map((value) => value * value),
    size,
    surroundings,
  );
  // One level of 256 is no structure but noise.
  const detail = rest.map((value, i) => value / (Math.sqrt(power[i]) + 1));
  return {
    size,
    grey,
    levels: [muchBlur, littleBlur].map((deviation) => standardise(blur(grey, size, deviation))),
    detail,
  };
}

/** A picture that others are laid on. */
export interface Template {
  readonly picture: PictureDetail;
  readonly levels: readonly Level[];
}

interface Level {
  readonly picture: Float32Array;
  /** Of each pixel, the change with each of the six numbers of the warp. */
  readonly steepest: Float32Array;
  readonly inverse: Float64Array;
}

export function makeTemplate(picture: PictureDetail): Template {
  return { picture, levels: picture.levels.map((level, l) => makeLevel(level, picture.size, strides[l])) };
}

function makeLevel(picture: Float32Array, size: number, stride: number): Level {
  const steepest = new Float32Array(6 * size * size);
  const sums = new Float64Array(36);
  const row = new Float64Array(6);
  const middle = (size - 1) / 2;
  for (let y = 0; y < size; y += stride)
    for (let x = 0; x < size; x += stride) {
      const at = y * size + x;
      const [left, right] = [x > 0 ? at - 1 : at, x + 1 < size ? at + 1 : at];
      const [above, below] = [y > 0 ? at - size : at, y + 1 < size ? at + size : at];
      const dx = (picture[right] - picture[left]) / (right - left);
      const dy = (picture[below] - picture[above]) / ((below - above) / size);
      const [px, py] = [(x - middle) / middle, (y - middle) / middle];
      row[0] = dx * px;
      row[1] = dx * py;
      row[2] = dx;
      row[3] = dy * px;
      row[4] = dy * py;
      row[5] = dy;
      steepest.set(row, 6 * at);
      for (let i = 0; i < 6; i++) for (let k = 0; k <= i; k++) sums[6 * i + k] += row[i] * row[k];
    }
  for (let i = 0; i < 6; i++) for (let k = i + 1; k < 6; k++) sums[6 * i + k] = sums[6 * k + i];
  // A little of the identity, for pictures without structure in some direction.
  for (let i = 0; i < 6; i++) sums[7 * i] += 1e-3 * (size / stride) ** 2;
  return { picture, steepest, inverse: invert(sums) };
}

/**
 * Lays a picture on another by the inverse compositional algorithm (Baker and Matthews 2004), first blurred, then sharp, and compares them.
 * @param other of the same size, in the pose that is thought to fit
 * @returns undefined where they can't be laid on each other so that they share most of what they show
 */
export function compareAligned({ picture, levels }: Template, other: PictureDetail): Likeness | undefined {
  const { size } = picture;
  // x' = a x + b y + c, y' = d x + e y + f; in half sides from the middle.
  let warp: readonly number[] = [1, 0, 0, 0, 1, 0];
  const warped = new Float32Array(size * size);
  for (const [l, level] of levels.entries()) {
    const source = other.levels[l];
    for (let i = 0; i < steps[l]; i++) {
      if (sample(source, size, warp, warped, strides[l]) < leastOverlap) return undefined;
      const step = solve(level, warped, size, strides[l]);
      warp = composeWithInverse(warp, step);
      if (!isPlausible(warp)) return undefined;
      if (Math.max(...step.map(Math.abs)) < 2e-3) break;
    }
    sample(source, size, warp, warped, strides[l]);
    if (correlate(level.picture, warped, size, strides[l]) < leastBlurred) return undefined;
  }
  const [a, b, , d, e] = warp;
  if (Math.hypot(a - e, b + d) > mostShear) return undefined;
  const overlap = sample(other.grey, size, warp, warped, 1);
  if (overlap < leastOverlap) return undefined;
  const whole = correlate(picture.grey, warped, size, 1);
  sample(other.detail, size, warp, warped, 1);
  return { whole, detail: correlate(picture.detail, warped, size, 1), overlap };
}

/** Zoom by at most a third, shear and turn by at most about 20 degrees. */
function isPlausible([a, b, , d, e]: readonly number[]): boolean {
  const area = a * e - b * d;
  return (
    area > 0.55 && area < 1.8 && Math.abs(b) < 0.4 && Math.abs(d) < 0.4 && a > 0.7 && a < 1.45 && e > 0.7 && e < 1.45
  );
}

/** Samples where the warp leads, not a number outside. @returns share of pixels inside */
function sample(
  source: Float32Array,
  size: number,
  warp: readonly number[],
  target: Float32Array,
  stride: number,
): number {
  const middle = (size - 1) / 2;
  const [a, b, c, d, e, f] = warp;
  let [inside, all] = [0, 0];
  for (let y = 0; y < size; y += stride) {
    const py = (y - middle) / middle;
    for (let x = 0; x < size; x += stride) {
      all++;
      const px = (x - middle) / middle;
      const sx = (a * px + b * py + c) * middle + middle;
      const sy = (d * px + e * py + f) * middle + middle;
      const at = y * size + x;
      if (!(sx >= 0 && sy >= 0 && sx <= size - 1 && sy <= size - 1)) {
        target[at] = Number.NaN;
        continue;
      }
      const x0 = Math.min(sx | 0, size - 2);
      const y0 = Math.min(sy | 0, size - 2);
      const rx = sx - x0;
      const from = y0 * size + x0;
      const above = source[from] + rx * (source[from + 1] - source[from]);
      const below = source[from + size] + rx * (source[from + size + 1] - source[from + size]);
      target[at] = above + (sy - y0) * (below - above);
      inside++;
    }
  }
  return inside / all;
}

/** The change of the warp that brings the pictures nearer, whatever the light and the exposure: mean and deviation are made the same where both are. */
function solve({ picture, steepest, inverse }: Level, warped: Float32Array, size: number, stride: number): number[] {
  let [n, sumT, sumW, squaresT, squaresW] = [0, 0, 0, 0, 0];
  for (let y = 0; y < size; y += stride)
    for (let at = y * size, end = at + size; at < end; at += stride) {
      const w = warped[at];
      if (Number.isNaN(w)) continue;
      const t = picture[at];
      n++;
      sumT += t;
      sumW += w;
      squaresT += t * t;
      squaresW += w * w;
    }
  const [meanT, meanW] = [sumT / n, sumW / n];
  const gain = Math.sqrt((squaresT - n * meanT ** 2) / Math.max(squaresW - n * meanW ** 2, 1e-9));
  let [r0, r1, r2, r3, r4, r5] = [0, 0, 0, 0, 0, 0];
  for (let y = 0; y < size; y += stride)
    for (let at = y * size, end = at + size; at < end; at += stride) {
      const w = warped[at];
      if (Number.isNaN(w)) continue;
      const error = (w - meanW) * gain - (picture[at] - meanT);
      const k = 6 * at;
      r0 += steepest[k] * error;
      r1 += steepest[k + 1] * error;
      r2 += steepest[k + 2] * error;
      r3 += steepest[k + 3] * error;
      r4 += steepest[k + 4] * error;
      r5 += steepest[k + 5] * error;
    }
  const right = [r0, r1, r2, r3, r4, r5];
  // Gradients are a pixel's, the warp counts in half sides.
  const half = (size - 1) / 2;
  return right.map((_, i) => right.reduce((sum, value, k) => sum + inverse[6 * i + k] * value, 0) / half);
}

/** The warp after the inverse of a small one. */
function composeWithInverse(warp: readonly number[], [da, db, dc, dd, de, df]: readonly number[]): number[] {
  const [a, b, c, d, e, f] = warp;
  const [pa, pb, pd, pe] = [1 + da, db, dd, 1 + de];
  const area = pa * pe - pb * pd;
  const [ia, ib, id, ie] = [pe / area, -pb / area, -pd / area, pa / area];
  const [ic, jf] = [-(ia * dc + ib * df), -(id * dc + ie * df)];
  return [a * ia + b * id, a * ib + b * ie, a * ic + b * jf + c, d * ia + e * id, d * ib + e * ie, d * ic + e * jf + f];
}

function correlate(first: Float32Array, second: Float32Array, size: number, stride: number): number {
  let [n, sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0, 0];
  for (let y = 0; y < size; y += stride)
    for (let at = y * size, end = at + size; at < end; at += stride) {
      const b = second[at];
      if (Number.isNaN(b)) continue;
      const a = first[at];
      n++;
      sumA += a;
      sumB += b;
      sumAA += a * a;
      sumBB += b * b;
      sumAB += a * b;
    }
  const covariance = sumAB - (sumA * sumB) / n;
  const variances = (sumAA - sumA ** 2 / n) * (sumBB - sumB ** 2 / n);
  return variances > 1e-6 ? covariance / Math.sqrt(variances) : 0;
}

function standardise(source: Float32Array): Float32Array {
  let sum = 0;
  for (const value of source) sum += value;
  const mean = sum / source.length;
  let squares = 0;
  for (const value of source) squares += (value - mean) ** 2;
  const deviation = Math.sqrt(squares / source.length) || 1;
  return source.map((value) => (value - mean) / deviation);
}

const subtract = (first: Float32Array, second: Float32Array) => first.map((value, i) => value - second[i]);

/** Gaussian blur; at the borders over what there is. */
function blur(source: Float32Array, size: number, deviation: number): Float32Array {
  const reach = Math.ceil(2.5 * deviation);
  const kernel = Float32Array.from({ length: reach + 1 }, (_, i) => Math.exp(-(i ** 2) / (2 * deviation ** 2)));
  const along = (from: Float32Array, step: number, across: number) => {
    const to = new Float32Array(from.length);
    for (let line = 0; line < size; line++)
      for (let i = 0; i < size; i++) {
        let [sum, weights] = [0, 0];
        for (let k = Math.max(-reach, -i); k <= Math.min(reach, size - 1 - i); k++) {
          const weight = kernel[Math.abs(k)];
          sum += weight * from[line * across + (i + k) * step];
          weights += weight;
        }
        to[line * across + i * step] = sum / weights;
      }
    return to;
  };
  return along(along(source, 1, size), size, 1);
}

/** Inverse of a symmetric positive definite matrix, [6, 6], by Gauss and Jordan. */
function invert(matrix: Float64Array): Float64Array {
  const n = 6;
  const left = Float64Array.from(matrix);
  const right = Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
  for (let column = 0; column < n; column++) {
    const pivot = left[column * n + column];
    for (let k = 0; k < n; k++) {
      left[column * n + k] /= pivot;
      right[column * n + k] /= pivot;
    }
    for (let row = 0; row < n; row++) {
      if (row === column) continue;
      const factor = left[row * n + column];
      for (let k = 0; k < n; k++) {
        left[row * n + k] -= factor * left[column * n + k];
        right[row * n + k] -= factor * right[column * n + k];
      }
    }
  }
  return right;
}
