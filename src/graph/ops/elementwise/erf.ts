import { unary } from './unary.js';

/** Error function: 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. */
export const erf = unary<Record<string, never>>({
  name: 'erf',
  keepsZero: true,
  forward: (on, x) => on.node('Erf', [x]),
  backward(on, { x, d }) {
    const bell = on.node('Exp', [on.node('Neg', [on.multiply(x, x)])]);
    return on.multiply(d, on.multiply(bell, 2 / Math.sqrt(Math.PI)));
  },
});
