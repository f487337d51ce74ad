import { unary } from '../elementwise/unary.js';

/** Above, the gate is 1 to the last digit, and e^x squared would soon overflow; below, x times the gate is 0 in float32. */
const [farBelow, farAbove] = [-87, 20];

/** x tanh(softplus(x)) (Misra 2019). */
export const mish = unary<Record<string, never>>({
  name: 'mish',
  keepsZero: true,
  /**
   * With e = e^x and n = e (e + 2), tanh(softplus(x)) is n / (n + 2): exact far below zero too, where onnxruntime's Sigmoid is off by a
   * thousandth of its value.
   */
  forward(on, x, _attributes, saved) {
    const e = on.node('Exp', [on.node('Clip', [x, farBelow, farAbove])]);
    const n = on.multiply(e, on.add(e, 2));
    saved.exp = e;
    saved.gate = on.node('Div', [n, on.add(n, 2)]);
    return on.multiply(x, saved.gate);
  },
  /** gate + x sigmoid (1 - gate^2), sigmoid being e / (1 + e) */
  backward(on, { x, d, saved: { exp, gate } }) {
    const sigmoid = on.node('Div', [exp, on.add(exp, 1)]);
    const slope = on.multiply(sigmoid, on.subtract(1, on.multiply(gate, gate)));
    return on.multiply(d, on.add(gate, on.multiply(x, slope)));
  },
});
