import { unary } from './unary.js';

/** 1 / x. */
export const reciprocal = unary<Record<string, never>>({
  name: 'reciprocal',
  keepsZero: false,
  forward: (on, x) => on.node('Reciprocal', [x]),
  backward: (on, { y, d }) => on.multiply(d, on.multiply(y, on.node('Neg', [y]))),
});
