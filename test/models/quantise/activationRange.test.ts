import { describe, expect, it } from 'vitest';
import { ActivationHistogram, affineCode, chooseRange } from '../../../src/models/quantise/index.js';
import { Random } from '../../../src/random.js';

describe('affineCode', () => {
  it('spreads 256 codes over the range, and gives zero a code of its own', () => {
    for (const [minimum, maximum] of [
      [0, 10],
      [-1, 3],
      [-0.3, 0.2],
      [-5, 0],
    ]) {
      const { scale, zeroPoint } = affineCode({ minimum, maximum });
      expect(Number.isInteger(zeroPoint)).toBe(true);
      expect(scale).toBeCloseTo((maximum - minimum) / 255, 6);
      // The ends are at most half a step away from a code.
      expect(Math.abs(scale * -zeroPoint - minimum)).toBeLessThanOrEqual(scale / 2 + 1e-6);
      expect(Math.abs(scale * (255 - zeroPoint) - maximum)).toBeLessThanOrEqual(scale / 2 + 1e-6);
    }
    expect(affineCode({ minimum: 0, maximum: 10 }).zeroPoint).toBe(0);
  });

  it('reaches to zero where the range does not, and survives a range of nothing', () => {
    expect(affineCode({ minimum: 2, maximum: 5.1 })).toEqual({ scale: Math.fround(0.02), zeroPoint: 0 });
    expect(affineCode({ minimum: 0, maximum: 0 }).scale).toBeGreaterThan(0);
  });
});

describe('ActivationHistogram', () => {
  it('keeps counts where they belong when larger numbers come', () => {
    const histogram = new ActivationHistogram();
    histogram.add(Float32Array.of(-0.5, 0.25, 1));
    histogram.add(Float32Array.of(-6, 3));
    const filled = [...histogram.counts.keys()].filter((bin) => histogram.counts[bin] > 0);
    expect(filled.map((bin) => histogram.counts[bin])).toEqual([1, 1, 1, 1, 1]);
    for (const [i, value] of [-6, -0.5, 0.25, 1, 3].entries()) {
      expect(histogram.edge(filled[i])).toBeLessThanOrEqual(value);
      expect(histogram.edge(filled[i]) + histogram.binWidth).toBeGreaterThanOrEqual(value);
    }
    expect([histogram.minimum, histogram.maximum]).toEqual([-6, 3]);
  });

  it('counts what is no number apart', () => {
    const histogram = new ActivationHistogram();
    expect(histogram.add(Float32Array.of(Number.NaN, 1, Number.POSITIVE_INFINITY))).toBe(2);
    expect(histogram.maximum).toBe(1);
  });
});

describe('chooseRange', () => {
  const seen = (values: Float32Array) => {
    const histogram = new ActivationHistogram();
    histogram.add(values);
    return histogram;
  };
  const random = new Random(0, 'range');
  const normal = Float32Array.from({ length: 100_000 }, () => random.normal());
  const squaredError = (values: Float32Array, range: { minimum: number; maximum: number }) => {
    const { scale, zeroPoint } = affineCode(range);
    let sum = 0;
    for (const value of values) {
      const code = Math.max(0, Math.min(255, Math.round(value / scale) + zeroPoint));
      sum += (value - scale * (code - zeroPoint)) ** 2;
    }
    return sum;
  };

  it('covers all, or gives a lone large number up', () => {
    const values = normal.slice();
    values[7] = 60;
    const histogram = seen(values);
    expect(chooseRange(histogram, 'minmax').maximum).toBe(60);
    expect(chooseRange(histogram, 'percentile').maximum).toBeLessThan(10);
    const least = chooseRange(histogram, 'squares');
    expect(squaredError(values, least)).toBeLessThanOrEqual(squaredError(values, chooseRange(histogram, 'minmax')));
  });

  it('keeps what matters where nothing sticks out', () => {
    const histogram = seen(normal);
    for (const rule of ['minmax', 'squares'] as const) {
      const { minimum, maximum } = chooseRange(histogram, rule);
      expect(maximum, rule).toBeGreaterThan(3);
      expect(minimum, rule).toBeLessThan(-3);
    }
  });
});
