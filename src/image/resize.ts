import { requireInteger } from '../checks.js';
import type { Raster } from './raster.js';
import { requireRaster } from './requireRaster.js';

/**
 * Antialiased bilinear resizing: a triangle filter as wide as the reduction, first along rows, then along columns, in
 * 8-bit fixed point. It is the algorithm of Pillow's `Image.resize` with `BILINEAR` (src/libImaging/Resample.c, version 9.4),
 * which torchvision uses for PIL images, and gives the same bytes. Integers only after the weights, so that every
 * JavaScript engine gives them too.
 */

/** 32 bits less 8 for the pixel and 2 of head-room, as in Pillow. */
const precisionBits = 22;
const half = 1 << (precisionBits - 1);

interface FilterWeights {
  /** Most taps of any output pixel; stride of `weights`. */
  readonly taps: number;
  /** First input pixel of each output pixel. */
  readonly first: Int32Array;
  /** Number of taps of each output pixel. */
  readonly count: Int32Array;
  /** Fixed-point weights, `taps` for each output pixel; each row sums to about 2^22. */
  readonly weights: Int32Array;
}

// A dataset has few image sizes: weights are kept, and forgotten all at once where a stream of odd sizes comes in.
const weightsBySize = new Map<number, FilterWeights>();
const mostKept = 256;

function filterWeights(inputSize: number, outputSize: number): FilterWeights {
  const key = inputSize * 0x100000 + outputSize;
  const known = weightsBySize.get(key);
  if (known) return known;
  const scale = inputSize / outputSize;
  const support = Math.max(1, scale); // the filter widens with reductions, never narrows
  const taps = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(outputSize);
  const count = new Int32Array(outputSize);
  const weights = new Int32Array(outputSize * taps);
  const row = new Float64Array(taps);
  for (let out = 0; out < outputSize; out++) {
    const center = (out + 0.5) * scale;
    const low = Math.max(0, Math.trunc(center - support + 0.5));
    const high = Math.min(inputSize, Math.trunc(center + support + 0.5));
    let sum = 0;
    for (let i = low; i < high; i++) {
      // The product with the reciprocal, not a quotient: Pillow's rounding depends on it.
      const weight = Math.max(0, 1 - Math.abs((i - center + 0.5) * (1 / support)));
      row[i - low] = weight;
      sum += weight;
    }
    first[out] = low;
    count[out] = high - low;
    for (let i = 0; i < high - low; i++)
      weights[out * taps + i] = Math.trunc(0.5 + (row[i] / sum) * 2 ** precisionBits);
  }
  const made = { taps, first, count, weights };
  if (weightsBySize.size >= mostKept) weightsBySize.clear();
  weightsBySize.set(key, made);
  return made;
}

/** Along rows, three channels at a time: the case that counts. */
function resizeRowsRgb(source: Uint8Array, width: number, height: number, target: Uint8Array, newWidth: number): void {
  const { taps, first, count, weights } = filterWeights(width, newWidth);
  let out = 0;
  for (let y = 0; y < height; y++) {
    const line = y * width * 3;
    for (let x = 0; x < newWidth; x++) {
      let red = half;
      let green = half;
      let blue = half;
      let at = line + first[x] * 3;
      const end = x * taps + count[x];
      for (let k = x * taps; k < end; k++) {
        const weight = weights[k];
        red = (red + Math.imul(source[at], weight)) | 0;
        green = (green + Math.imul(source[at + 1], weight)) | 0;
        blue = (blue + Math.imul(source[at + 2], weight)) | 0;
        at += 3;
      }
      // Weights are not negative and sum to 2^22 within rounding: 255 is never passed, so nothing needs clipping.
      target[out] = red >> precisionBits;
      target[out + 1] = green >> precisionBits;
      target[out + 2] = blue >> precisionBits;
      out += 3;
    }
  }
}

function resizeRows(
  source: Uint8Array,
  width: number,
  height: number,
  channels: number,
  target: Uint8Array,
  newWidth: number,
): void {
  const { taps, first, count, weights } = filterWeights(width, newWidth);
  let out = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < newWidth; x++) {
      for (let c = 0; c < channels; c++) {
        let sum = half;
        let at = (y * width + first[x]) * channels + c;
        for (let k = 0; k < count[x]; k++) {
          sum = (sum + Math.imul(source[at], weights[x * taps + k])) | 0;
          at += channels;
        }
        target[out++] = sum >> precisionBits;
      }
    }
  }
}

/** Along columns: whole rows are added up, so that memory is read in order. */
function resizeColumns(
  source: Uint8Array,
  rowLength: number,
  height: number,
  target: Uint8Array,
  newHeight: number,
): void {
  const { taps, first, count, weights } = filterWeights(height, newHeight);
  const sums = new Int32Array(rowLength);
  for (let y = 0; y < newHeight; y++) {
    sums.fill(half);
    for (let k = 0; k < count[y]; k++) {
      const weight = weights[y * taps + k];
      const line = (first[y] + k) * rowLength;
      for (let i = 0; i < rowLength; i++) sums[i] += Math.imul(source[line + i], weight);
    }
    const line = y * rowLength;
    for (let i = 0; i < rowLength; i++) target[line + i] = sums[i] >> precisionBits;
  }
}

/**
 * Resizes to `width` x `height` pixels, up or down, each side by its own factor. Channels are treated alike (alpha is
 * not premultiplied). Returns the same raster where it has that size already.
 * @throws LesionlabError kind `usage` for a picture or a size that is none
 */
export function resizeImage(image: Raster, width: number, height: number): Raster {
  requireRaster('image', image);
  requireInteger('width', width, { min: 1 });
  requireInteger('height', height, { min: 1 });
  const { channels } = image;
  let data = image.data;
  if (width !== image.width) {
    const narrow = new Uint8Array(width * image.height * channels);
    if (channels === 3) resizeRowsRgb(data, image.width, image.height, narrow, width);
    else resizeRows(data, image.width, image.height, channels, narrow, width);
    data = narrow;
  }
  if (height !== image.height) {
    const low = new Uint8Array(width * height * channels);
    resizeColumns(data, width * channels, image.height, low, height);
    data = low;
  }
  return data === image.data ? image : { width, height, channels, data };
}
