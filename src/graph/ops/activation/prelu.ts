import { requireSpread, sumToShape } from '../../broadcast.js';
import { fitShapes } from '../../fitShapes.js';
import type { Operator } from '../../graph.js';
import { passesOver } from '../elementwise/passes.js';

/**
 * x where it is above 0, else slope times x, with a learnt slope that broadcasts to x's shape, [C, 1, 1] for one a channel (He et
 * al. 2015). The gradient of x at 0 is the slope, as in PyTorch.
 */
export const prelu: Operator<Record<string, never>> = {
  name: 'prelu',
  lower(graph, [x, slope]) {
    fitShapes('prelu', { input: [x, '...'] });
    fitShapes('prelu', { slope: [slope, '...'] });
    requireSpread('prelu, slope', slope.shape, x.shape);
    return graph.node('PRelu', [x, slope], x.shape);
  },
  gradient(graph, { inputs: [x, slope], outputGradient, wanted }) {
    const on = passesOver(graph, x);
    const positive = on.compare('Greater', x, 0);
    return [
      wanted[0] ? on.multiply(outputGradient, on.choose(positive, 1, slope)) : null,
      wanted[1] ? sumToShape(graph, on.multiply(outputGradient, on.node('Min', [x, 0])), slope.shape) : null,
    ];
  },
};
