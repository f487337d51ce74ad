import { type Pose, poses } from './poses.js';

/** Side of the pictures that are compared, pixels. */
export const thumbnailSize = 32;

/** Cosine waves along a side, of no to seven half periods. */
const waves = 8;

/** 63 bits of a picture in two unsigned 32-bit numbers: on which side of zero each slow wave of its brightness lies. */
export interface ImageHash {
  readonly high: number;
  readonly low: number;
}

/** What is known of a picture in one of its poses. */
export interface PictureMark {
  readonly hash: ImageHash;
  /** Amplitudes of its waves, faster ones raised as much as they are weaker; of length 127, [64]. */
  readonly waves: Int8Array;
}

/** Brightness of RGB pixels, 0 to 255, [S, S]. @param pixels [S, S, 3] */
export function brightness(pixels: Uint8Array): Float32Array {
  const grey = new Float32Array(pixels.length / 3);
  for (let i = 0; i < grey.length; i++)
    grey[i] = 0.299 * pixels[3 * i] + 0.587 * pixels[3 * i + 1] + 0.114 * pixels[3 * i + 2];
  return grey;
}

/**
 * What a picture is found by: marks of the whole of it, and of the part around its dark middle, which are alike in two photographs of a lesion from other places.
 * @param grey as `brightness` gives it, [32, 32]
 * @returns [views, 8]: for each view its marks in the order of `poses`
 */
export function markPicture(grey: Float32Array): PictureMark[][] {
  return [grey, centreOnLesion(grey)].map((view) => {
    const amplitude = amplitudes(view);
    return poses.map((pose) => markOf(amplitude, pose));
  });
}

/** Views that `markPicture` makes. */
export const viewCount = 2;

const cosines = Float64Array.from({ length: waves * thumbnailSize }, (_, i) => {
  const [wave, x] = [Math.floor(i / thumbnailSize), i % thumbnailSize];
  return Math.cos((Math.PI * wave * (x + 0.5)) / thumbnailSize);
});

/** Amplitudes of the slow waves of a picture's brightness (a discrete cosine transform, unscaled), [8, 8]: waves down, waves across. */
function amplitudes(grey: Float32Array): Float64Array {
  const size = thumbnailSize;
  const across = new Float64Array(size * waves);
  for (let y = 0; y < size; y++)
    for (let v = 0; v < waves; v++) {
      let sum = 0;
      for (let x = 0; x < size; x++) sum += grey[y * size + x] * cosines[v * size + x];
      across[y * waves + v] = sum;
    }
  const result = new Float64Array(waves * waves);
  for (let u = 0; u < waves; u++)
    for (let v = 0; v < waves; v++) {
      let sum = 0;
      for (let y = 0; y < size; y++) sum += across[y * waves + v] * cosines[u * size + y];
      result[u * waves + v] = sum;
    }
  return result;
}

function markOf(amplitude: Float64Array, { flipX, flipY, transpose }: Pose): PictureMark {
  let [high, low, squares] = [0, 0, 0];
  const raised = new Float64Array(waves * waves);
  // The first wave is the mean brightness, which says nothing.
  for (let i = 1; i < waves * waves; i++) {
    const [down, along] = [i >> 3, i & 7];
    const [u, v] = transpose ? [along, down] : [down, along];
    // A mirror turns the waves over that have an odd number of half periods.
    const turnsOver = (flipY && u % 2 === 1) !== (flipX && v % 2 === 1);
    const value = turnsOver ? -amplitude[u * waves + v] : amplitude[u * waves + v];
    const bit = value > 0 ? 1 : 0;
    if (i < 32) low = (low | (bit << i)) >>> 0;
    else high = (high | (bit << (i - 32))) >>> 0;
    raised[i] = value * Math.hypot(u, v);
    squares += raised[i] ** 2;
  }
  const scale = 127 / (Math.sqrt(squares) || 1);
  return { hash: { high, low }, waves: Int8Array.from(raised, (value) => Math.round(value * scale)) };
}

/** How much of the surroundings is seen, in deviations of what is dark. */
const seenDeviations = 2.2;

/** The part of a picture around what is darker than most of it near the middle, at a size by its spread; the picture itself where nothing is. */
function centreOnLesion(grey: Float32Array): Float32Array {
  const size = thumbnailSize;
  const middle = (size - 1) / 2;
  const skin = Float32Array.from(grey).sort()[Math.floor(0.7 * grey.length)];
  const dark = new Float64Array(grey.length);
  let [mass, left, top] = [0, 0, 0];
  for (let i = 0; i < grey.length; i++) {
    const [x, y] = [((i % size) - middle) / middle, (Math.floor(i / size) - middle) / middle];
    // Corners are dark for other reasons.
    dark[i] = Math.max(0, skin - grey[i]) ** 2 * Math.exp(-2 * (x * x + y * y));
    mass += dark[i];
    left += dark[i] * x;
    top += dark[i] * y;
  }
  if (mass < 1e-6) return grey;
  const [cx, cy] = [left / mass, top / mass];
  let spread = 0;
  for (let i = 0; i < grey.length; i++) {
    const [x, y] = [((i % size) - middle) / middle, (Math.floor(i / size) - middle) / middle];
    spread += dark[i] * ((x - cx) ** 2 + (y - cy) ** 2);
  }
  const half = Math.min(1.2, Math.max(0.35, seenDeviations * Math.sqrt(spread / mass)));
  const inside = (at: number) => Math.min(size - 1.001, Math.max(0, at * middle + middle));
  const view = new Float32Array(grey.length);
  for (let i = 0; i < grey.length; i++) {
    const sx = inside((((i % size) - middle) / middle) * half + cx);
    const sy = inside(((Math.floor(i / size) - middle) / middle) * half + cy);
    const from = Math.floor(sy) * size + Math.floor(sx);
    const [rx, ry] = [sx - Math.floor(sx), sy - Math.floor(sy)];
    const above = grey[from] + rx * (grey[from + 1] - grey[from]);
    const below = grey[from + size] + rx * (grey[from + size + 1] - grey[from + size]);
    view[i] = above + ry * (below - above);
  }
  return view;
}
