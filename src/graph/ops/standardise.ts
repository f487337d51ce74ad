import { usageError } from '../../errors.js';
import type { Operator } from '../graph.js';

/** Features brought to one scale: x [N, D], mean [D], spread [D] to (x - mean) / spread. Mean and spread are constants: no gradient. */
export const standardise: Operator<Record<string, never>> = {
  name: 'standardise',
  lower(graph, [x, mean, spread]) {
    const columns = [x.shape[1]];
    if (x.shape.length !== 2 || `${mean.shape}` !== `${columns}` || `${spread.shape}` !== `${columns}`) {
      throw usageError('shape', `standardise: input [${x.shape}], mean [${mean.shape}], spread [${spread.shape}]`);
    }
    return graph.node('Div', [graph.node('Sub', [x, mean], x.shape), spread], x.shape);
  },
  gradient: (graph, { inputs: [x, , spread], outputGradient, wanted }) => [
    wanted[0] ? graph.node('Div', [outputGradient, spread], x.shape) : null,
    null,
    null,
  ],
};
