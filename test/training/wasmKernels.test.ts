import { describe, expect, it } from 'vitest';
import { compileKernels } from '../../src/training/optimisation/wasmKernels.js';
import { allocateMemory } from '../../src/wasmModule.js';
import { wave } from '../wave.js';

/** `count` arrays of `length` numbers side by side in one memory, and a guard behind each kernel's last array. */
function makeArrays(count: number, length: number) {
  const memory = allocateMemory(4 * length * (count + 1));
  const kernels = compileKernels(memory);
  const offsets = Array.from({ length: count }, (_, i) => 4 * length * i);
  const arrays = offsets.map((offset) => new Float32Array(memory.buffer, offset, length));
  const guard = new Float32Array(memory.buffer, 4 * length * count, length).fill(77);
  arrays.forEach((array, i) => {
    array.set(wave(length, i + 1));
  });
  const plain = arrays.map((array) => Float64Array.from(array));
  const expectEqual = (which: number, tolerance = 1e-6) => {
    let worst = 0;
    arrays[which].forEach((value, i) => {
      worst = Math.max(worst, Math.abs(value - plain[which][i]) / Math.max(1, Math.abs(plain[which][i])));
    });
    expect(worst, `array ${which}`).toBeLessThan(tolerance);
    expect(guard.every((value) => value === 77)).toBe(true);
  };
  return { kernels, offsets, arrays, plain, end: 4 * length, expectEqual };
}

// One round of the loop, a few, and more than a page of 64 KiB.
const lengths = [4, 12, 100, 20_000];

describe('adam', () => {
  it.each(lengths)('equals the formula over %i numbers, for three steps with weight decay', (length) => {
    const { kernels, offsets, arrays, plain, end, expectEqual } = makeArrays(4, length);
    for (const which of [1, 2]) {
      arrays[which].fill(0);
      plain[which].fill(0);
    }
    const [p, m, v, g] = plain;
    const [rate, beta1, beta2, epsilon, decay, clip, l2] = [0.01, 0.9, 0.999, 1e-8, 0.1, 0.7, 0.02];
    for (let t = 1; t <= 3; t++) {
      kernels.adam(
        offsets[0],
        offsets[1],
        offsets[2],
        offsets[3],
        end,
        rate / (1 - beta1 ** t),
        beta1,
        1 - beta1,
        beta2,
        1 - beta2,
        1 / Math.sqrt(1 - beta2 ** t),
        epsilon,
        1 - rate * decay,
        clip,
        l2,
      );
      for (let i = 0; i < length; i++) {
        const gradient = clip * g[i] + l2 * p[i];
        p[i] *= 1 - rate * decay;
        m[i] = beta1 * m[i] + (1 - beta1) * gradient;
        v[i] = beta2 * v[i] + (1 - beta2) * gradient ** 2;
        p[i] -= (rate * (m[i] / (1 - beta1 ** t))) / (Math.sqrt(v[i] / (1 - beta2 ** t)) + epsilon);
      }
    }
    for (const which of [0, 1, 2]) expectEqual(which);
    expect(arrays[3]).toEqual(wave(length, 4));
  });

  it('leaves parameters with gradient 0 where they are', () => {
    const { kernels, offsets, arrays, end } = makeArrays(4, 8);
    for (const which of [1, 2, 3]) arrays[which].fill(0);
    kernels.adam(offsets[0], offsets[1], offsets[2], offsets[3], end, 0.1, 0.9, 0.1, 0.999, 0.001, 30, 1e-8, 1, 1, 0);
    expect(arrays[0]).toEqual(wave(8, 1));
  });
});

describe('sgd', () => {
  it.each(lengths)('equals the formula over %i numbers', (length) => {
    const { kernels, offsets, plain, end, expectEqual } = makeArrays(3, length);
    const [p, b, g] = plain;
    for (let step = 0; step < 3; step++) {
      kernels.sgd(offsets[0], offsets[1], offsets[2], end, 0.05, 0.9, 0.7, 0.02);
      for (let i = 0; i < length; i++) {
        b[i] = 0.9 * b[i] + 0.7 * g[i] + 0.02 * p[i];
        p[i] -= 0.05 * b[i];
      }
    }
    for (const which of [0, 1, 2]) expectEqual(which);
  });
});

describe('average', () => {
  it.each(lengths)('equals the formula over %i numbers', (length) => {
    const { kernels, offsets, plain, end, expectEqual } = makeArrays(2, length);
    const [a, p] = plain;
    kernels.average(offsets[0], offsets[1], end, 0.99, 0.01);
    for (let i = 0; i < length; i++) a[i] = 0.99 * a[i] + 0.01 * p[i];
    for (const which of [0, 1]) expectEqual(which);
  });
});

describe('sumOfSquares', () => {
  it.each(lengths)('adds up %i squares in double precision, anew at every call', (length) => {
    const { kernels, offsets, plain, end } = makeArrays(1, length);
    const expected = plain[0].reduce((sum, value) => sum + value ** 2, 0);
    for (let call = 0; call < 2; call++) {
      expect(Math.abs(kernels.sumOfSquares(offsets[0], end) / expected - 1)).toBeLessThan(1e-13);
    }
  });
});

it('works on a part of the memory and leaves the rest alone', () => {
  const { kernels, arrays, offsets } = makeArrays(2, 32);
  kernels.average(offsets[0] + 16, offsets[1] + 16, offsets[0] + 48, 0, 1);
  const expected = wave(32, 1);
  expected.set(wave(32, 2).subarray(4, 12), 4);
  expect(arrays[0]).toEqual(expected);
});
