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
  backward: (on, { y, d, attributes }) => on.keepInside(d, y, attributes),
});
