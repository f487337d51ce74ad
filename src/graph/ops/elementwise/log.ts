import { unary } from './unary.js';

/** Natural logarithm. */
export const log = unary<Record<string, never>>({
  name: 'log',
  keepsZero: false,
  forward: (on, x) => on.node('Log', [x]),
  backward: (on, { x, d }) => on.node('Div', [d, x]),
});
