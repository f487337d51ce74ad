import { unary } from '../elementwise/unary.js';

/** x sigmoid(x), also called Swish (Hendrycks and Gimpel 2016; EfficientNet's activation). */
export const silu = unary<Record<string, never>>({
  name: 'silu',
  keepsZero: true,
  // Where no gradient asks for the sigmoid, onnxruntime makes one pass (QuickGelu) of the two.
  forward(on, x, _attributes, saved) {
    saved.sigmoid = on.node('Sigmoid', [x]);
    return on.multiply(saved.sigmoid, x);
  },
  /** sigmoid + y (1 - sigmoid) */
  backward: (on, { y, d, saved: { sigmoid } }) =>
    on.multiply(d, on.add(sigmoid, on.multiply(y, on.subtract(1, sigmoid)))),
});
