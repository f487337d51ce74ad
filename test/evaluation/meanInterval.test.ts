import { describe, expect, it } from 'vitest';
import { meanWithInterval } from '../../src/evaluation/index.js';

describe('meanWithInterval', () => {
  it('covers the mean of a known distribution as wide as theory says', () => {
    const values = Array.from({ length: 400 }, (_, i) => i % 2);
    const { mean, interval } = meanWithInterval(
      values,
      values.map((_, i) => `${i}`),
    );
    expect(mean).toBe(0.5);
    // 1.96 deviations of a mean of 400 coins: 0.049.
    expect(interval![0]).toBeCloseTo(0.451, 2);
    expect(interval![1]).toBeCloseTo(0.549, 2);
  });

  it('draws lesions, not images', () => {
    const values = Array.from({ length: 400 }, (_, i) => Number(i < 200));
    const lesions = values.map((_, i) => `${Math.floor(i / 40)}`);
    const wide = meanWithInterval(values, lesions).interval!;
    // Ten lesions, all alike within: as ten coins.
    expect(wide[1] - wide[0]).toBeGreaterThan(0.4);
    expect(
      meanWithInterval(
        values,
        values.map(() => 'one'),
      ).interval,
    ).toBeNull();
  });

  it('leaves out what has no number, and repeats', () => {
    const ids = ['a', 'b', 'c'];
    expect(meanWithInterval([1, Number.NaN, 3], ids).mean).toBe(2);
    expect(meanWithInterval([Number.NaN, Number.NaN, Number.NaN], ids)).toEqual({ mean: null, interval: null });
    expect(meanWithInterval([1, 2, 3], ids, { seed: 5 })).toEqual(meanWithInterval([1, 2, 3], ids, { seed: 5 }));
    expect(() => meanWithInterval([1], ids)).toThrow('lesionIds: expected 1 values');
    expect(() => meanWithInterval([1, 2, 3], ids, { level: 1 })).toThrow('level');
    expect(() => meanWithInterval([1, 2, 3], ids, { resamples: 0 })).toThrow('resamples');
  });
});
