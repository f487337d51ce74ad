import { unary } from './unary.js';

/** |x|. The gradient at 0 is 0, as in PyTorch. */
export const absolute = unary<Record<string, never>>({
  name: 'absolute',
  keepsZero: true,
  forward: (on, x) => on.node('Abs', [x]),
  backward: (on, { x, d }) => on.multiply(d, on.sign(x)),
});
