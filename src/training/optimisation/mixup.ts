import { requireInteger, requireLength, requireNumber } from '../../checks.js';
import { Random } from '../../random.js';

/**
 * mixup (Zhang et al. 2018, "mixup: Beyond Empirical Risk Minimization"): every row of a batch becomes a weighted mean of itself and
 * another one, of images and of targets alike, so that the network learns to answer in between where it sees something in between.
 * Rows are paired from both ends of the batch, whose order is random; all of a batch are mixed by one share, drawn from Beta(alpha, alpha).
 */
export function drawMixShare(alpha: number, seed: number, step: number): number {
  requireNumber('mixup', alpha, { min: 0, max: 1 });
  // Below that nothing is mixed anyway, and the draw would run out of numbers.
  const share = drawSymmetricBeta(Math.max(alpha, 1e-6), new Random(seed, 'mixup', step));
  // The row keeps the larger part of itself, so that its own label is still the one to count as right.
  return Math.max(share, 1 - share);
}

/** @param rows [N, ...], mixed in place @param count N @param share of itself that a row keeps, [0.5, 1] */
export function mixRows(rows: Float32Array, count: number, share: number): void {
  requireInteger('count', count, { min: 1 });
  requireNumber('share', share, { min: 0.5, max: 1 });
  const size = Math.floor(rows.length / count);
  requireLength('rows', rows, count * size, `whole rows for ${count} images`);
  const other = 1 - share;
  for (let first = 0, last = count - 1; first < last; first++, last--) {
    const a = rows.subarray(first * size, (first + 1) * size);
    const b = rows.subarray(last * size, (last + 1) * size);
    for (let i = 0; i < size; i++) {
      const [x, y] = [a[i], b[i]];
      a[i] = share * x + other * y;
      b[i] = share * y + other * x;
    }
  }
}

/** A draw from Beta(alpha, alpha) (Jöhnk 1964); for alpha up to 1, where few draws are thrown away. */
function drawSymmetricBeta(alpha: number, random: Random): number {
  for (;;) {
    // In logarithms: the powers of small numbers by 1 / alpha may be too small for a number.
    const [u, v] = [Math.log(1 - random.next()) / alpha, Math.log(1 - random.next()) / alpha];
    const larger = Math.max(u, v);
    const logSum = larger + Math.log(Math.exp(u - larger) + Math.exp(v - larger));
    if (logSum <= 0) return Math.exp(u - logSum);
  }
}
