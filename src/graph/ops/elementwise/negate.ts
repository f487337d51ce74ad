import { unary } from './unary.js';

/** -x. */
export const negate = unary<Record<string, never>>({
  name: 'negate',
  keepsZero: true,
  forward: (on, x) => on.node('Neg', [x]),
  backward: (on, { d }) => on.node('Neg', [d]),
});
