import { unary } from './unary.js';

/** Square root. Its slope at 0 is infinite, as in PyTorch. */
export const sqrt = unary<Record<string, never>>({
  name: 'sqrt',
  keepsZero: false,
  forward: (on, x) => on.node('Sqrt', [x]),
  backward: (on, { y, d }) => on.node('Div', [d, on.multiply(y, 2)]),
});
