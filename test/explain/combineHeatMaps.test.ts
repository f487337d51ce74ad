import { describe, expect, it } from 'vitest';
import { combineHeatMaps } from '../../src/explain/combineHeatMaps.js';
import type { ClassActivationMap } from '../../src/explain/heatmap.js';

const map = (width: number, values: readonly number[], peak = 1): ClassActivationMap => ({
  width,
  height: values.length / width,
  values: Float32Array.from(values),
  peak,
  empty: values.every((value) => value === 0),
});

describe('combineHeatMaps', () => {
  it('weighs maps that are each scaled to 1, whatever the units of their scores', () => {
    const found = combineHeatMaps([map(2, [1, 0, 0, 0], 1000), map(2, [0, 0, 0, 1], 0.01)], [0.25, 0.75]);
    expect([...found.values]).toEqual([Math.fround(1 / 3), 0, 0, 1]);
    expect(found).toMatchObject({ width: 2, height: 2, peak: 0.75, empty: false });
  });

  it('enlarges coarse maps to the finest', () => {
    const found = combineHeatMaps([map(1, [1]), map(2, [1, 0, 0, 0])], [0.5, 0.5]);
    expect([...found.values]).toEqual([1, 0.5, 0.5, 0.5]);
  });

  it('lets a map without heat add nothing, and is empty where all are', () => {
    const [heat, none] = [map(2, [1, 0.5, 0, 0]), map(2, [0, 0, 0, 0], 0)];
    expect([...combineHeatMaps([heat, none], [0.5, 0.5]).values]).toEqual([1, 0.5, 0, 0]);
    expect(combineHeatMaps([none, none], [0.5, 0.5])).toMatchObject({ empty: true, peak: 0 });
  });

  it('leaves a single map as it is', () => {
    const only = map(2, [1, 0, 0, 0], 3);
    expect(combineHeatMaps([only], [1])).toBe(only);
  });
});
