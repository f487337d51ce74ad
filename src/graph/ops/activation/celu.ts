import { requireNumber } from '../../../checks.js';
import { unary } from '../elementwise/unary.js';

/** x where it is above 0, else alpha (exp(x / alpha) - 1), with an alpha above 0 (Barron 2017). */
export const celu = unary<{ readonly alpha: number }>({
  name: 'celu',
  keepsZero: true,
  check({ alpha }) {
    requireNumber('celu, alpha', alpha, { above: 0 });
  },
  // alpha elu(x / alpha): onnxruntime's WebGPU device has no Celu.
  forward(on, x, { alpha }, saved) {
    saved.elu = on.node('Elu', [alpha === 1 ? x : on.multiply(x, 1 / alpha)], { alpha: { float: 1 } });
    return alpha === 1 ? saved.elu : on.multiply(saved.elu, alpha);
  },
  /** exp(x / alpha) = elu + 1 below 0; above, elu + 1 is more than 1. */
  backward: (on, { d, saved: { elu } }) => on.multiply(d, on.node('Min', [on.add(elu, 1), 1])),
});
