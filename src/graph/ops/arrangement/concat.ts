import { requireSome } from '../../../checks.js';
import { fitShapes } from '../../fitShapes.js';
import type { Operator } from '../../graph.js';

/** Rows side by side: any number of [N, Di] to [N, D1 + D2 + ...]. */
export const concat: Operator<Record<string, never>> = {
  name: 'concat',
  lower(graph, inputs) {
    requireSome('concat, inputs', inputs);
    fitShapes('concat', Object.fromEntries(inputs.map((input, i) => [`input ${i}`, [input, `N D${i + 1}`]])));
    const [first] = inputs;
    const width = inputs.reduce((sum, { shape }) => sum + shape[1], 0);
    return graph.node('Concat', inputs, [first.shape[0], width], { axis: 1 });
  },
  gradient(graph, { inputs, outputGradient, wanted }) {
    let start = 0;
    return inputs.map(({ shape }, i) => {
      const [from, to] = [start, start + shape[1]];
      start = to;
      if (!wanted[i]) return null;
      return graph.node('Slice', [outputGradient, ...[from, to, 1].map((n) => graph.integers([n]))], shape);
    });
  },
};
