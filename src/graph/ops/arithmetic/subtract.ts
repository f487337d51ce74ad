import { binary } from './binary.js';

/** a - b with broadcasting. */
export const subtract = binary({
  name: 'subtract',
  keepsZero: 'with zero',
  forward: (on, a, b) => on.subtract(a, b),
  gradients: [(_on, { d }) => d, (on, { d }) => on.node('Neg', [d])],
});
