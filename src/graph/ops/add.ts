import { usageError } from '../../errors.js';
import type { Operator } from '../graph.js';

/** Sum of two values of one shape: where a residual branch joins. */
export const add: Operator<Record<string, never>> = {
  name: 'add',
  lower(graph, [a, b]) {
    if (`${a.shape}` !== `${b.shape}`) throw usageError('shape', `add: [${a.shape}] and [${b.shape}] differ`);
    return graph.node('Add', [a, b], a.shape);
  },
  gradient: (_graph, { outputGradient }) => [outputGradient, outputGradient],
};
