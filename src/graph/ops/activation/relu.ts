import { unary } from '../elementwise/unary.js';

/** max(x, 0). The gradient at 0 is 0, as in PyTorch. */
export const relu = unary<Record<string, never>>({
  name: 'relu',
  keepsZero: true,
  forward: (on, x) => on.node('Relu', [x]),
  backward: (on, { y, d }) => on.keepInside(d, y, { min: 0 }),
});
