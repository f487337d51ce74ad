import { multiplyPlanes, sumProductsTo } from '../../blocked/planes.js';
import { binary } from './binary.js';

/** a b with broadcasting: gates of squeeze-and-excitation, layer scale. */
export const multiply = binary({
  name: 'multiply',
  keepsZero: 'with any number',
  forward: (on, a, b) => on.multiply(a, b),
  gradients: [(on, { b, d }) => on.multiply(d, b), (on, { a, d }) => on.multiply(d, a)],
  planes: { forward: multiplyPlanes, gradients: [multiplyPlanes, sumProductsTo] },
});
