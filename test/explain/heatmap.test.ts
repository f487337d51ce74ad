import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classActivationMap, enlargeHeatMap } from '../../src/explain/heatmap.js';

interface Expected {
  peak: number;
  values: number[];
  enlarged: number[];
}
interface Case {
  name: string;
  shape: [number, number, number];
  size: [number, number];
  activations: number[];
  gradients: number[];
  'grad-cam': Expected;
  hirescam: Expected;
}

const cases: Case[] = JSON.parse(readFileSync(new URL('../fixtures/explain/heatmap.json', import.meta.url), 'utf8'));

const expectClose = (found: ArrayLike<number>, expected: readonly number[]) => {
  expect(found.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs(found[i] - value)).toBeLessThan(1e-5);
  });
};

const mapOf = (activations: number[], gradients: number[]) =>
  classActivationMap({
    activations: Float32Array.from(activations),
    gradients: Float32Array.from(gradients),
    channels: activations.length / 4,
    height: 2,
    width: 2,
  });

describe('classActivationMap equals PyTorch', () => {
  for (const { name, shape, size, activations, gradients, ...expected } of cases) {
    for (const method of ['grad-cam', 'hirescam'] as const) {
      it(`${name}, ${method}`, () => {
        const [channels, height, width] = shape;
        const map = classActivationMap({
          activations: Float32Array.from(activations),
          gradients: Float32Array.from(gradients),
          channels,
          height,
          width,
          method,
        });
        const { peak, values, enlarged } = expected[method];
        expectClose([map.peak], [peak]);
        expectClose(map.values, values);
        expect(map.empty).toBe(peak === 0);
        expectClose(enlargeHeatMap(map, size[1], size[0]).values, enlarged);
      });
    }
  }
});

describe('classActivationMap', () => {
  it('weighs channels by their mean gradient and keeps the positive part', () => {
    // Weights 1 and -0.5: 1*[1,2,3,4] - 0.5*[0,0,8,2] = [1,2,-1,3].
    const map = mapOf([1, 2, 3, 4, 0, 0, 8, 2], [4, 0, 0, 0, -1, -1, 0, 0]);
    expectClose(map.values, [1 / 3, 2 / 3, 0, 1]);
    expect(map.peak).toBeCloseTo(3, 12);
    expect(map.empty).toBe(false);
  });

  it('reports a map of zeros and leaves it so', () => {
    const map = mapOf([1, 2, 3, 4], [-1, -1, -1, -1]);
    expect([...map.values]).toEqual([0, 0, 0, 0]);
    expect(map).toMatchObject({ empty: true, peak: 0 });
  });

  it('refuses wrong lengths and values that are not finite', () => {
    expect(() => mapOf([1, 2, 3, 4], [1])).toThrow(/gradients: expected 4 values, \[1, 2, 2\], found 1/);
    expect(() => mapOf([1, 2, 3, Number.NaN], [1, 1, 1, 1])).toThrow(/expected finite/);
  });
});

describe('enlargeHeatMap', () => {
  const heatMaps = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })).chain(([width, height]) =>
    fc.record({
      width: fc.constant(width),
      height: fc.constant(height),
      values: fc.float32Array({ minLength: width * height, maxLength: width * height, min: 0, max: 1, noNaN: true }),
    }),
  );

  it('keeps the range, and the map itself at its own size', () => {
    fc.assert(
      fc.property(heatMaps, fc.integer({ min: 1, max: 5 }), (heat, factor) => {
        expect(enlargeHeatMap(heat, heat.width, heat.height).values).toEqual(heat.values);
        const large = enlargeHeatMap(heat, heat.width * factor, heat.height * factor);
        expect(Math.max(...large.values)).toBeLessThanOrEqual(
          Math.fround(Math.max(...heat.values) * (1 + 1e-6)) + 1e-30,
        );
        expect(Math.min(...large.values)).toBeGreaterThanOrEqual(Math.min(...heat.values) * (1 - 1e-6) - 1e-30);
      }),
    );
  });
});
