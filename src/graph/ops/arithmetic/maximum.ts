import { binary } from './binary.js';
import { shareOfExtreme } from './shareOfExtreme.js';

/** The larger of a and b with broadcasting. Where they are equal each gets half of the gradient, as in PyTorch. */
export const maximum = binary({
  name: 'maximum',
  keepsZero: 'with zero',
  forward: (on, a, b) => on.node('Max', [a, b]),
  gradients: [
    (on, { a, b, d }) => shareOfExtreme(on, d, on.compare('Greater', a, b), on.compare('Equal', a, b)),
    (on, { a, b, d }) => shareOfExtreme(on, d, on.compare('Less', a, b), on.compare('Equal', a, b)),
  ],
});
