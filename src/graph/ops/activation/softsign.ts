import { unary } from '../elementwise/unary.js';

/** x / (1 + |x|). */
export const softsign = unary<Record<string, never>>({
  name: 'softsign',
  keepsZero: true,
  forward(on, x, _attributes, saved) {
    saved.divisor = on.add(on.node('Abs', [x]), 1);
    return on.node('Div', [x, saved.divisor]);
  },
  backward: (on, { d, saved: { divisor } }) => on.node('Div', [d, on.multiply(divisor, divisor)]),
});
