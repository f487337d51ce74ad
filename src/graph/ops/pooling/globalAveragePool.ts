import { fitShapes } from '../../fitShapes.js';
import type { Operator } from '../../graph.js';
import { reduceMean } from '../reduction/reduceMean.js';

const overPlanes = { axes: [2, 3], keepAxes: false };

/** Mean over all positions of each channel: x [N, C, H, W] to [N, C]. */
export const globalAveragePool: Operator<Record<string, never>> = {
  name: 'globalAveragePool',
  anyLayout: true,
  lower(graph, [x], _attributes, saved) {
    fitShapes('globalAveragePool', { input: [x, 'N C H W'] });
    return reduceMean.lower(graph, [x], overPlanes, saved);
  },
  gradient: (graph, call) => reduceMean.gradient(graph, { ...call, attributes: overPlanes }),
};
