import { fitShapes } from '../../fitShapes.js';
import type { Operator } from '../../graph.js';

/** Features brought to one scale: x [N, D], mean [D], spread [D] to (x - mean) / spread. Mean and spread are constants: no gradient. */
export const standardise: Operator<Record<string, never>> = {
  name: 'standardise',
  lower(graph, [x, mean, spread]) {
    fitShapes('standardise', { input: [x, 'N D'], mean: [mean, 'D'], spread: [spread, 'D'] });
    return graph.node('Div', [graph.node('Sub', [x, mean], x.shape), spread], x.shape);
  },
  gradient: (graph, { inputs: [x, , spread], outputGradient, wanted }) => [
    wanted[0] ? graph.node('Div', [outputGradient, spread], x.shape) : null,
    null,
    null,
  ],
};
