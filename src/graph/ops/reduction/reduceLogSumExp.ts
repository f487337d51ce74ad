import { passesOver } from '../elementwise/passes.js';
import { keptShape, reduceNode, reduction } from './reduce.js';

/** Logarithm of the sum of exponentials over some axes. */
export const reduceLogSumExp = reduction({
  name: 'reduceLogSumExp',
  forward(graph, x, axes) {
    const [on, onKept] = [passesOver(graph, x), passesOver(graph, { shape: keptShape(x.shape, axes) })];
    const largest = reduceNode(graph, 'ReduceMax', x, axes);
    const sum = reduceNode(graph, 'ReduceSum', on.node('Exp', [on.subtract(x, largest)]), axes);
    return onKept.add(onKept.node('Log', [sum]), largest);
  },
  backward: (on, _onKept, { x, y, d }) => on.multiply(on.node('Exp', [on.subtract(x, y)]), d),
});
