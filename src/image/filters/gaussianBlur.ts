import { requireInteger, requireNumber } from '../../checks.js';
import { reflectAt } from './reflectAt.js';

/**
 * Blurs planes by a Gaussian, in place: torchvision's `functional.gaussian_blur` for floats with a kernel of three deviations to either side, mirrored at
 * the outermost pixels.
 * @param planes `count` planes of `size` x `size` values from `offset` on @param sigma deviation in pixels, above 0
 * @throws LesionlabError kind `usage` where the planes don't lie within the values, or the deviation is none
 */
export function gaussianBlur(planes: Float32Array, offset: number, size: number, sigma: number, count = 3): void {
  const plane = size * size;
  requireInteger('size', size, { min: 1 });
  requireInteger('offset', offset, { min: 0, max: planes.length - count * plane });
  requireNumber('sigma', sigma, { above: 0 });
  const kernel = gaussianKernel(sigma);
  const radius = (kernel.length - 1) / 2;
  const padded = new Float32Array(size + 2 * radius);
  const rows = new Float32Array(plane);
  const sums = new Float32Array(size);
  for (let p = 0; p < count; p++) {
    const start = offset + p * plane;
    for (let y = 0; y < size; y++) {
      const from = start + y * size;
      for (let i = 0; i < padded.length; i++) padded[i] = planes[from + reflectAt(i - radius, size)];
      for (let x = 0; x < size; x++) {
        let sum = 0;
        for (let k = 0; k < kernel.length; k++) sum += padded[x + k] * kernel[k];
        rows[y * size + x] = sum;
      }
    }
    // Whole rows are added up, so that memory is read in order.
    for (let y = 0; y < size; y++) {
      sums.fill(0);
      for (let k = 0; k < kernel.length; k++) {
        const line = reflectAt(y + k - radius, size) * size;
        const weight = kernel[k];
        for (let x = 0; x < size; x++) sums[x] += rows[line + x] * weight;
      }
      planes.set(sums, start + y * size);
    }
  }
}

/** Weights from -3 sigma to 3 sigma, which add up to 1. */
export function gaussianKernel(sigma: number): Float64Array {
  const radius = Math.ceil(3 * sigma);
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-0.5 * ((i - radius) / sigma) ** 2));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
