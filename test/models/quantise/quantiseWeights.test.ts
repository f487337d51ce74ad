import { describe, expect, it } from 'vitest';
import { quantiseWeights, weightSteps } from '../../../src/models/quantise/index.js';
import { noise } from '../../noise.js';

describe('quantiseWeights', () => {
  const filters = 3;
  const size = 20;
  // A thousandfold between the filters: one scale for all would leave nothing of the smallest.
  const weights = Float32Array.from(noise(filters * size, 1, 1, 0), (v, i) => v * [0.01, 1, 10][Math.floor(i / size)]);
  const inputScale = 0.02;
  const input = { inputScale, inputMeans: new Float64Array(size), groups: 1 };

  it('gives each filter a scale of its own, from its largest weight', () => {
    const { data, scales } = quantiseWeights(weights, new Float32Array(filters), input);
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
    const { scales, steps } = quantiseWeights(weights, bias, input);
    bias.forEach((value, filter) => {
      expect(steps[filter] * scales[filter] * inputScale).toBeCloseTo(value, 3);
    });
  });

  it('has a bias fit beside weights of almost nothing, and a scale above zero for nothing at all', () => {
    const small = new Float32Array(filters * size);
    small[0] = 1e-12;
    const bias = Float32Array.of(100, -7, 0);
    const { data, scales, steps } = quantiseWeights(small, bias, input);
    expect(scales.every((scale) => scale > 0 && Number.isFinite(scale))).toBe(true);
    expect(steps[0] * scales[0] * inputScale).toBeCloseTo(100, 3);
    expect(steps[1] * scales[1] * inputScale).toBeCloseTo(-7, 3);
    expect(data.every((code) => Math.abs(code) <= weightSteps)).toBe(true);
  });

  it.each([
    ['kernels of 5 over 4 channels', [3, -1, 0.5, 2], 1],
    ['a kernel for each channel', [3, -1, 2], 3],
    ['two channels for each filter', [3, -1, 2, 0.5, -2, 1], 3],
  ])('takes what rounding adds on average off the bias: %s', (_, means, groups) => {
    const kernel = (size * groups) / means.length;
    const bias = Float32Array.of(0.1, 0.2, 0.3);
    const { data, scales, steps } = quantiseWeights(weights, bias, {
      inputScale,
      inputMeans: Float64Array.from(means),
      groups,
    });
    for (let filter = 0; filter < filters; filter++) {
      let float = bias[filter];
      let found = steps[filter] * scales[filter] * inputScale;
      let uncorrected = bias[filter];
      for (let i = 0; i < size; i++) {
        const mean = means[(groups === 1 ? 0 : (filter * means.length) / groups) + Math.floor(i / kernel)];
        float += weights[filter * size + i] * mean;
        found += data[filter * size + i] * scales[filter] * mean;
        uncorrected += data[filter * size + i] * scales[filter] * mean;
      }
      // An input of the means gives the float output, but for half a step of the bias.
      expect(Math.abs(found - float)).toBeLessThanOrEqual(0.51 * scales[filter] * inputScale);
      expect(Math.abs(uncorrected - float)).toBeGreaterThan(scales[filter] * inputScale);
    }
  });
});
