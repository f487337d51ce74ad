import { expect, test } from 'vitest';
import { classWeights } from '../../src/data/classWeights.js';

/** Images of HAM10000 by class, and the weights that the TU Munich tutorial prints for them. */
const counts = [327, 514, 1099, 115, 1113, 6705, 142];
const printed = [
  1.5718654434250765, 1.0, 0.467697907188353, 4.469565217391304, 0.4618149146451033, 0.07665920954511558,
  3.619718309859155,
];

test("median-frequency weights of HAM10000 are the tutorial's", () => {
  for (const [label, weight] of classWeights(counts, 'median-frequency').entries()) {
    expect(Math.abs(weight - printed[label])).toBeLessThan(1e-12);
  }
});

test('square-root weights are the square roots, and none is 1', () => {
  for (const [label, weight] of classWeights(counts, 'square-root').entries()) {
    expect(weight).toBeCloseTo(Math.sqrt(printed[label]), 12);
  }
  expect(classWeights(counts, 'none')).toEqual([1, 1, 1, 1, 1, 1, 1]);
});

test('a class without images weighs 0 and leaves the median alone; an even number of classes takes the mean of the middle two', () => {
  expect(classWeights([0, 10, 20, 40], 'median-frequency')).toEqual([0, 2, 1, 0.5]);
  expect(classWeights([10, 30], 'median-frequency')).toEqual([2, 20 / 30]);
});

test("inverse weights are scikit-learn's `balanced`, and effective numbers saturate", () => {
  const total = counts.reduce((sum, count) => sum + count, 0);
  expect(classWeights(counts, 'inverse')).toEqual(counts.map((count) => total / (7 * count)));
  const effective = classWeights(counts, 'effective-number');
  expect(effective.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(7, 12);
  // (1 - 0.999^n) / 0.001 of 115 and of 6,705 images.
  expect(effective[3] / effective[5]).toBeCloseTo((1 - 0.999 ** 6705) / (1 - 0.999 ** 115), 12);
  expect(classWeights([0, 10], 'effective-number')).toEqual([0, 1]);
});
