import { describe, expect, it } from 'vitest';
import { drawMixShare, mixRows } from '../../src/training/optimisation/mixup.js';

describe('mixup', () => {
  it('mixes rows from both ends of a batch, and leaves the middle one', () => {
    const rows = Float32Array.of(1, 2, 10, 20, 5, 6);
    mixRows(rows, 3, 0.75);
    expect([...rows]).toEqual([
      0.75 * 1 + 0.25 * 5,
      0.75 * 2 + 0.25 * 6,
      10,
      20,
      0.75 * 5 + 0.25 * 1,
      0.75 * 6 + 0.25 * 2,
    ]);
  });

  it.each([0.2, 0.5, 1])('draws shares as Beta(%f, %f) says, the larger of both', (alpha) => {
    const draws = Array.from({ length: 20_000 }, (_, step) => drawMixShare(alpha, 3, step));
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0.5);
    expect(Math.max(...draws)).toBeLessThanOrEqual(1);
    // A symmetric Beta has the mean 1/2 and the variance 1 / (4 (2 alpha + 1)); folding at 1/2 keeps the variance about it.
    const variance = draws.reduce((sum, share) => sum + (share - 0.5) ** 2, 0) / draws.length;
    expect(variance).toBeCloseTo(1 / (4 * (2 * alpha + 1)), 2);
  });

  it('draws the same again for the same seed and step', () => {
    expect(drawMixShare(0.3, 1, 7)).toBe(drawMixShare(0.3, 1, 7));
    expect(drawMixShare(0.3, 1, 7)).not.toBe(drawMixShare(0.3, 1, 8));
    expect(drawMixShare(0.3, 1, 7)).not.toBe(drawMixShare(0.3, 2, 7));
  });
});
