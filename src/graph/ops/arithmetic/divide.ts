import { binary } from './binary.js';

/** a / b with broadcasting. */
export const divide = binary({
  name: 'divide',
  keepsZero: 'never',
  forward: (on, a, b) => on.node('Div', [a, b]),
  gradients: [
    (on, { b, d }) => on.node('Div', [d, b]),
    (on, { b, y, d }) => on.node('Neg', [on.multiply(d, on.node('Div', [y, b]))]),
  ],
});
