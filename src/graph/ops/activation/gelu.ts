import { requireOneOf } from '../../../checks.js';
import type { Value } from '../../graph.js';
import type { Passes } from '../elementwise/passes.js';
import { unary } from '../elementwise/unary.js';

/** Attributes of `gelu`. */
export interface GeluAttributes {
  /** `none` for the exact form, `tanh` for the one that early transformers approximated it by. */
  readonly approximation: 'none' | 'tanh';
}

/**
 * x times the normal distribution function of x (Hendrycks and Gimpel 2016).
 *
 * The exact form is written in the steps that onnxruntime knows: where no gradient asks for what is between, it makes one pass of
 * them (5 ms for 4.8 million numbers), and files hold no operators of its own. In training the steps' results are saved; Gelu as one operator
 * and the error function computed again for the gradient takes as long (21 to 32 against 23 to 30 ms, forward and backward).
 */
export const gelu = unary<GeluAttributes>({
  name: 'gelu',
  keepsZero: true,
  check({ approximation }) {
    requireOneOf('gelu, approximation', approximation, ['none', 'tanh']);
  },
  forward(on, x, { approximation }, saved) {
    if (approximation === 'tanh') return tanhForward(on, x, saved);
    saved.scaled = on.node('Div', [x, Math.SQRT2]);
    saved.twice = on.add(on.node('Erf', [saved.scaled]), 1);
    return on.multiply(on.multiply(x, saved.twice), 0.5);
  },
  backward(on, call) {
    if (call.attributes.approximation === 'tanh') return tanhBackward(on, call.x, call.d, call.saved);
    const { x, d, saved } = call;
    // Twice the density, as twice = 2 cdf: exp(-x^2 / 2) sqrt(2 / pi), its factor within the exponent.
    const exponent = on.subtract(Math.log(2 / Math.PI) / 2, on.multiply(saved.scaled, saved.scaled));
    const density = on.node('Exp', [exponent]);
    return on.multiply(d, on.multiply(on.add(saved.twice, on.multiply(x, density)), 0.5));
  },
});

const cubic = 0.044715;
const outer = Math.sqrt(2 / Math.PI);

/** x (1 + tanh(u)) / 2 with u = x sqrt(2 / pi) (1 + 0.044715 x^2). onnxruntime makes no single pass of this one. */
function tanhForward(on: Passes, x: Value, saved: Record<string, Value>): Value {
  saved.square = on.multiply(x, x);
  const inner = on.multiply(x, on.add(on.multiply(saved.square, cubic * outer), outer));
  saved.shifted = on.add(on.node('Tanh', [inner]), 1);
  return on.multiply(on.multiply(x, 0.5), saved.shifted);
}

/** With s = 1 + tanh(u): s / 2 + x s (2 - s) u' / 2, u' = sqrt(2 / pi) (1 + 3 0.044715 x^2) */
function tanhBackward(on: Passes, x: Value, d: Value, { square, shifted }: Readonly<Record<string, Value>>): Value {
  const slope = on.multiply(x, on.add(on.multiply(square, 3 * cubic * outer), outer));
  const factor = on.add(on.multiply(slope, on.subtract(2, shifted)), 1);
  return on.multiply(on.multiply(d, 0.5), on.multiply(shifted, factor));
}
