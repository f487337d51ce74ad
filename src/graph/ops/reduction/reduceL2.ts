import { passesOver } from '../elementwise/passes.js';
import { keptShape, reduceNode, reduction } from './reduce.js';

/** Root of the sum of squares over some axes. The gradient where all are 0 is 0, as in PyTorch. */
export const reduceL2 = reduction({
  name: 'reduceL2',
  forward(graph, x, axes) {
    const sum = reduceNode(graph, 'ReduceSum', passesOver(graph, x).multiply(x, x), axes);
    return graph.node('Sqrt', [sum], keptShape(x.shape, axes));
  },
  backward(on, onKept, { x, y, d }) {
    const factor = onKept.choose(onKept.compare('Equal', y, 0), 0, onKept.node('Div', [d, y]));
    return on.multiply(x, factor);
  },
});
