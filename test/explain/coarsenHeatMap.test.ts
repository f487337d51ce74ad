import { describe, expect, it } from 'vitest';
import { coarsenHeatMap } from '../../src/explain/index.js';

describe('coarsenHeatMap', () => {
  it('averages areas and makes the largest 1', () => {
    const values = Float32Array.from([4, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0], (v) => v / 4);
    const coarse = coarsenHeatMap({ width: 4, height: 3, values }, 2);
    expect({ width: coarse.width, height: coarse.height }).toEqual({ width: 2, height: 2 });
    // Means 1/4, 1/4; 0, 0: the upper areas are two rows high.
    expect([...coarse.values]).toEqual([1, 1, 0, 0]);
  });

  it('shows density where a fine map has only points', () => {
    const values = new Float32Array(60 * 60);
    for (let y = 0; y < 30; y += 2) for (let x = 0; x < 30; x += 2) values[y * 60 + x] = 1;
    values[50 * 60 + 50] = 1;
    const { values: coarse } = coarsenHeatMap({ width: 60, height: 60, values }, 6);
    expect(coarse[0]).toBe(1);
    expect(coarse[2 * 6 + 2]).toBe(1);
    expect(coarse[5 * 6 + 5]).toBeCloseTo(1 / 25, 6);
  });

  it('leaves coarse and empty maps as they are', () => {
    const small = { width: 5, height: 4, values: new Float32Array(20).fill(0.5) };
    expect(coarsenHeatMap(small, 5)).toBe(small);
    const empty = coarsenHeatMap({ width: 8, height: 8, values: new Float32Array(64) }, 4);
    expect([...empty.values]).toEqual(Array(16).fill(0));
  });
});
