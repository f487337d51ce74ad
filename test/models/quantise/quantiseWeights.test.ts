import { describe, expect, it } from 'vitest';
import { quantiseWeights, weightSteps } from '../../../src/models/quantise/index.js';
import { noise } from '../../noise.js';

describe('quantiseWeights', () => {
  const filters = 3;
  const size = 20;
  // A thousandfold between the filters: one scale for all would leave nothing of the smallest.
  const weights = Float32Array.from(noise(filters * size, 1, 1, 0), (v, i) => v * [0.01, 1, 10][Math.floor(i / size)]);
  const inputScale = 0.02;

  it('gives each filter a scale of its own, from its largest weight', () => {
    const { data, scales } = quantiseWeights(weights, new Float32Array(filters), inputScale);
    for (let filter = 0; filter < filters; filter++) {
      const own = weights.subarray(filter * size, (filter + 1) * size);
      const largest = Math.max(...own.map(Math.abs));
      expect(scales[filter]).toBeCloseTo(largest / weightSteps, 8);
      const codes = data.subarray(filter * size, (filter + 1) * size);
      expect(Math.max(...codes.map(Math.abs))).toBe(weightSteps);
      own.forEach((weight, i) => {
        expect(Math.abs(weight - codes[i] * scales[filter])).toBeLessThanOrEqual(scales[filter] * 0.501);
      });
    }
  });

  it('stays small enough for processors that add two products in 16 bits', () => {
    expect(2 * 255 * weightSteps).toBeLessThan(2 ** 15);
  });

  it('counts the bias in steps of the sums of products', () => {
    const bias = Float32Array.of(0.5, -2, 0);
    const { scales, steps } = quantiseWeights(weights, bias, inputScale);
    bias.forEach((value, filter) => {
      expect(steps[filter] * scales[filter] * inputScale).toBeCloseTo(value, 3);
    });
  });

  it('has a bias fit beside weights of almost nothing, and a scale above zero for nothing at all', () => {
    const small = new Float32Array(filters * size);
    small[0] = 1e-12;
    const bias = Float32Array.of(100, -7, 0);
    const { data, scales, steps } = quantiseWeights(small, bias, inputScale);
    expect(scales.every((scale) => scale > 0 && Number.isFinite(scale))).toBe(true);
    expect(steps[0] * scales[0] * inputScale).toBeCloseTo(100, 3);
    expect(steps[1] * scales[1] * inputScale).toBeCloseTo(-7, 3);
    expect(data.every((code) => Math.abs(code) <= weightSteps)).toBe(true);
  });
});
