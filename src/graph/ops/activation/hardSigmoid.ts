import { requireNumber } from '../../../checks.js';
import { unary } from '../elementwise/unary.js';

/** min(max(slope x + shift, 0), 1). PyTorch's slope is 1/6 and its shift 1/2; the gradient at 0 and at 1 is 0, as there. */
export const hardSigmoid = unary<{ readonly slope: number; readonly shift: number }>({
  name: 'hardSigmoid',
  keepsZero: ({ shift }) => shift <= 0,
  check({ slope, shift }) {
    requireNumber('hardSigmoid, slope', slope);
    requireNumber('hardSigmoid, shift', shift);
  },
  forward: (on, x, { slope, shift }) =>
    on.node('HardSigmoid', [x], { alpha: { float: slope }, beta: { float: shift } }),
  backward: (on, { y, d, attributes: { slope } }) => on.keepInside(on.multiply(d, slope), y, { min: 0, max: 1 }),
});
