import { requireNumber } from '../../../checks.js';
import { unary } from '../elementwise/unary.js';

/** x where it is above 0, else alpha (exp(x) - 1) (Clevert et al. 2016). The gradient at 0 is alpha, as in PyTorch. */
export const elu = unary<{ readonly alpha: number }>({
  name: 'elu',
  keepsZero: true,
  check({ alpha }) {
    requireNumber('elu, alpha', alpha);
  },
  forward: (on, x, { alpha }) => on.node('Elu', [x], { alpha: { float: alpha } }),
  /** alpha exp(x) = y + alpha below 0. */
  backward(on, { x, y, d, attributes: { alpha } }) {
    const shifted = on.add(y, alpha);
    // With 1, what lies above 0 is cut to 1: three passes without the slow Where.
    if (alpha === 1) return on.multiply(d, on.node('Min', [shifted, 1]));
    return on.multiply(d, on.choose(on.compare('Greater', x, 0), 1, shifted));
  },
});
