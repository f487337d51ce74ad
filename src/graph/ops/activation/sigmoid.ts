import { unary } from '../elementwise/unary.js';

/** 1 / (1 + exp(-x)). */
export const sigmoid = unary<Record<string, never>>({
  name: 'sigmoid',
  keepsZero: false,
  forward: (on, x) => on.node('Sigmoid', [x]),
  backward: (on, { y, d }) => on.multiply(d, on.multiply(y, on.subtract(1, y))),
});
