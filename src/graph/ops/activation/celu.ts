import { unexpected } from '../../../checks.js';
import { unary } from '../elementwise/unary.js';

/** max(x, 0) + min(alpha (exp(x / alpha) - 1), 0) (Barron 2017). The gradient at 0 is 1. */
export const celu = unary<{ readonly alpha: number }>({
  name: 'celu',
  keepsZero: true,
  check({ alpha }) {
    if (!Number.isFinite(alpha) || alpha === 0) throw unexpected('celu, alpha', 'a finite number that is not 0', alpha);
  },
  forward: (on, x, { alpha }) => on.node('Celu', [x], { alpha: { float: alpha } }),
  backward: (on, { x, y, d, attributes: { alpha } }) =>
    on.multiply(d, on.choose(on.compare('Greater', x, 0), 1, on.add(on.multiply(y, 1 / alpha), 1))),
});
