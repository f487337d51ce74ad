import { unary } from '../elementwise/unary.js';

/** Hyperbolic tangent. */
export const tanh = unary<Record<string, never>>({
  name: 'tanh',
  keepsZero: true,
  forward: (on, x) => on.node('Tanh', [x]),
  backward: (on, { y, d }) => on.multiply(d, on.subtract(1, on.multiply(y, y))),
});
