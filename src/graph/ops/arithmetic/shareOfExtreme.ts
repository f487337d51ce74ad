import type { Value } from '../../graph.js';
import type { Passes } from '../elementwise/passes.js';

/** The gradient where an input alone is the extreme one, half of it where both are. */
export const shareOfExtreme = (on: Passes, d: Value, alone: Value, equal: Value): Value =>
  on.add(on.keep(d, alone), on.keep(on.multiply(d, 0.5), equal));
