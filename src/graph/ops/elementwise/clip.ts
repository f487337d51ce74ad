import { requireNumber } from '../../../checks.js';
import { unary } from './unary.js';

/** Bounds of `clip`; either may be left out. */
export interface ClipAttributes {
  readonly min?: number;
  readonly max?: number;
}

/** min(max(x, min), max). The gradient at both bounds is 0, as in PyTorch (2.15; it was 1 in old versions). */
export const clip = unary<ClipAttributes>({
  name: 'clip',
  keepsZero: ({ min = 0, max = 0 }) => min <= 0 && max >= 0,
  check({ min, max }) {
    if (min !== undefined) requireNumber('clip, min', min);
    if (max !== undefined) requireNumber('clip, max', max, { min });
  },
  forward(on, x, { min, max }) {
    if (max === undefined) return min === undefined ? on.node('Identity', [x]) : on.node('Max', [x, min]);
    return min === undefined ? on.node('Min', [x, max]) : on.node('Clip', [x, min, max]);
  },
  backward(on, { y, d, attributes: { min, max } }) {
    const conditions = [
      ...(min === undefined ? [] : [on.compare('Greater', y, min)]),
      ...(max === undefined ? [] : [on.compare('Less', y, max)]),
    ];
    return conditions.length > 0 ? on.keep(d, ...conditions) : d;
  },
});
