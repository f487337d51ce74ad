import { requireInteger, requireOneOf } from '../checks.js';
import type { Raster } from './raster.js';
import { requireRaster } from './requireRaster.js';
import {
  filterWeights,
  nearestPixels,
  precisionBits,
  type ResizeMethod,
  resizeMethods,
  standardResize,
} from './resizeFilters.js';
import { resizeRgb } from './resizeKernels.js';

/**
 * Resizing by filters, first along rows, then along columns, in 8-bit fixed point. It is the algorithm of Pillow's `Image.resize`
 * (src/libImaging/Resample.c, versions 9.4 to 12), which torchvision uses for PIL images, and gives the same bytes. Integers only after
 * the weights, so that every JavaScript engine gives them too. Pillow 13 goes along columns first where that is less work; networks that are
 * published today were trained and measured with the order that is kept here.
 */

type Smooth = Exclude<ResizeMethod, 'nearest'>;

const half = 1 << (precisionBits - 1);

/** Along rows. Filters that overshoot are clipped by the array they are stored in. */
function resizeRows(
  source: Uint8Array,
  width: number,
  height: number,
  channels: number,
  target: Uint8ClampedArray,
  newWidth: number,
  method: Smooth,
): void {
  const { taps, first, count, weights } = filterWeights(width, newWidth, method);
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
  target: Uint8ClampedArray,
  newHeight: number,
  method: Smooth,
): void {
  const { taps, first, count, weights } = filterWeights(height, newHeight, method);
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

function resizeToNearest({ width, height, channels, data }: Raster, newWidth: number, newHeight: number): Uint8Array {
  const columns = nearestPixels(width, newWidth);
  const rows = nearestPixels(height, newHeight);
  const target = new Uint8Array(newWidth * newHeight * channels);
  let out = 0;
  for (let y = 0; y < newHeight; y++)
    for (let x = 0; x < newWidth; x++) {
      const at = (rows[y] * width + columns[x]) * channels;
      for (let c = 0; c < channels; c++) target[out++] = data[at + c];
    }
  return target;
}

/**
 * Resizes to `width` x `height` pixels, up or down, each side by its own factor. Channels are treated alike (alpha is
 * not premultiplied). Returns the same raster where it has that size already.
 * @param method default: bilinear and antialiased, Pillow's `BILINEAR`
 * @throws LesionlabError kind `usage` for a picture, a size or a method that is none
 */
export function resizeImage(
  image: Raster,
  width: number,
  height: number,
  method: ResizeMethod = standardResize,
): Raster {
  requireRaster('image', image);
  requireInteger('width', width, { min: 1 });
  requireInteger('height', height, { min: 1 });
  requireOneOf('method', method, resizeMethods);
  const { channels } = image;
  if (width === image.width && height === image.height) return image;
  if (method === 'nearest') return { width, height, channels, data: resizeToNearest(image, width, height) };
  if (channels === 3) {
    const across = filterWeights(image.width, width, method);
    const resized = resizeRgb(image.data, image, across, filterWeights(image.height, height, method));
    if (resized) return { width, height, channels, data: resized };
  }
  let data = image.data;
  if (width !== image.width) {
    const narrow = new Uint8ClampedArray(width * image.height * channels);
    resizeRows(data, image.width, image.height, channels, narrow, width, method);
    data = new Uint8Array(narrow.buffer);
  }
  if (height !== image.height) {
    const low = new Uint8ClampedArray(width * height * channels);
    resizeColumns(data, width * channels, image.height, low, height, method);
    data = new Uint8Array(low.buffer);
  }
  return { width, height, channels, data };
}
