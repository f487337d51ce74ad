import { usageError } from '../../errors.js';
import { inLayoutOf } from '../blocked/layout.js';
import type { Operator } from '../graph.js';

/** Sum of two values of one shape: where a residual branch joins. */
export const add: Operator<Record<string, never>> = {
  name: 'add',
  anyLayout: true,
  lower(graph, [a, b]) {
    if (`${a.shape}` !== `${b.shape}`) throw usageError('shape', `add: [${a.shape}] and [${b.shape}] differ`);
    return graph.node('Add', [a, inLayoutOf(graph, b, a)], a.shape, {}, { layout: a.layout });
  },
  gradient: (_graph, { outputGradient }) => [outputGradient, outputGradient],
};
