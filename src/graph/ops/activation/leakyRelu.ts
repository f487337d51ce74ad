import { requireNumber } from '../../../checks.js';
import { unary } from '../elementwise/unary.js';

/** x where it is above 0, else `slope` times x. The gradient at 0 is the slope, as in PyTorch. */
export const leakyRelu = unary<{ readonly slope: number }>({
  name: 'leakyRelu',
  keepsZero: true,
  check: ({ slope }) => requireNumber('leakyRelu, slope', slope),
  forward: (on, x, { slope }) => on.node('LeakyRelu', [x], { alpha: { float: slope } }),
  backward(on, { x, d, attributes: { slope } }) {
    const positive = on.numbersOf(on.compare('Greater', x, 0));
    return on.multiply(d, on.add(on.multiply(positive, 1 - slope), slope));
  },
});
