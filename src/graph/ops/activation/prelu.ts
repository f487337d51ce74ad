import { unexpected, Words } from '../../../checks.js';
import { broadcastShapes } from '../../broadcastShapes.js';
import type { Operator } from '../../graph.js';
import { sumToShape } from '../../sumToShape.js';
import { passesOver } from '../elementwise/passes.js';

/**
 * x where it is above 0, else slope times x, with a learnt slope that broadcasts to x's shape, [C, 1, 1] for one a channel (He et
 * al. 2015). The gradient of x at 0 is the slope, as in PyTorch.
 */
export const prelu: Operator<Record<string, never>> = {
  name: 'prelu',
  lower(graph, [x, slope]) {
    const shape = broadcastShapes('prelu', { input: x, slope });
    if (`${shape}` !== `${x.shape}`) {
      const found = new Words(`[${slope.shape.join(', ')}]`);
      throw unexpected('prelu, slope', `a shape that broadcasts to the input's [${x.shape.join(', ')}]`, found);
    }
    return graph.node('PRelu', [x, slope], shape);
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
