import { unary } from './unary.js';

/** Exponential: e to the x. */
export const exp = unary<Record<string, never>>({
  name: 'exp',
  keepsZero: false,
  forward: (on, x) => on.node('Exp', [x]),
  backward: (on, { y, d }) => on.multiply(d, y),
});
