import { requireNumber } from '../../../checks.js';
import { unary } from '../elementwise/unary.js';

/** gamma times elu(x) (Klambauer et al. 2017). The gradient at 0 is gamma alpha, as in PyTorch. */
export const selu = unary<{ readonly alpha: number; readonly gamma: number }>({
  name: 'selu',
  keepsZero: true,
  check({ alpha, gamma }) {
    requireNumber('selu, alpha', alpha);
    requireNumber('selu, gamma', gamma);
  },
  forward(on, x, { alpha, gamma }) {
    return on.multiply(on.node('Elu', [x], { alpha: { float: alpha } }), gamma);
  },
  backward: (on, { x, y, d, attributes: { alpha, gamma } }) =>
    on.multiply(d, on.choose(on.compare('Greater', x, 0), gamma, on.add(y, alpha * gamma))),
});
