import { inLayoutOf } from '../../blocked/layout.js';
import { fitShapes } from '../../fitShapes.js';
import type { Operator } from '../../graph.js';

/** Sum of two values of one shape: where a residual branch joins. */
export const add: Operator<Record<string, never>> = {
  name: 'add',
  anyLayout: true,
  lower(graph, [a, b]) {
    fitShapes('add', { 'first value': [a, '...'] });
    fitShapes('add', { 'second value': [b, a.shape.join(' ')] });
    return graph.node('Add', [a, inLayoutOf(graph, b, a)], a.shape, {}, { layout: a.layout });
  },
  gradient: (_graph, { outputGradient }) => [outputGradient, outputGradient],
};
