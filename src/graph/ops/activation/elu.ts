import { requireNumber } from '../../../checks.js';
import { unary } from '../elementwise/unary.js';

/** x where it is above 0, else alpha (exp(x) - 1) (Clevert et al. 2016). The gradient at 0 is alpha, as in PyTorch. */
export const elu = unary<{ readonly alpha: number }>({
  name: 'elu',
  keepsZero: true,
  check: ({ alpha }) => requireNumber('elu, alpha', alpha),
  forward: (on, x, { alpha }) => on.node('Elu', [x], { alpha: { float: alpha } }),
  backward: (on, { x, y, d, attributes: { alpha } }) =>
    on.multiply(d, on.choose(on.compare('Greater', x, 0), 1, on.add(y, alpha))),
});
