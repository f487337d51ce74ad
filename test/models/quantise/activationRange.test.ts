import { describe, expect, it } from 'vitest';
import { affineCode, StatisticsCollector } from '../../../src/models/quantise/index.js';

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

describe('StatisticsCollector', () => {
  it('finds the ends of all batches, and the mean of each channel', () => {
    const collector = new StatisticsCollector(2);
    // [N, C, plane]: one image of planes of two, then two images of planes of two.
    collector.add(Float32Array.of(1, 3, -10, -20), 1);
    collector.add(Float32Array.of(5, 7, 0, 0, 9, 11, 30, 40), 2);
    const { minimum, maximum, means } = collector.statistics;
    expect([minimum, maximum]).toEqual([-20, 40]);
    expect([...means].map((mean) => Number(mean.toFixed(6)))).toEqual([6, 6.666667]);
  });

  it('refuses numbers that are none', () => {
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => new StatisticsCollector(1).add(Float32Array.of(1, wrong), 1)).toThrow(/finite/);
  });
});
