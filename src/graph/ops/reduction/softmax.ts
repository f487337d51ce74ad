import { fitShapes } from '../../fitShapes.js';
import type { Operator } from '../../graph.js';
import { passesOver } from '../elementwise/passes.js';
import { reduceNode, requireAxis } from './reduce.js';

/** Attributes of `softmax` and `logSoftmax`. */
export interface SoftmaxAttributes {
  /** From 0, or from -1 counted from the end. */
  readonly axis: number;
}

/** exp(x) over the sum of exp(x) along one axis. */
export const softmax: Operator<SoftmaxAttributes> = {
  name: 'softmax',
  lower(graph, [x], attributes) {
    fitShapes('softmax', { input: [x, '...'] });
    return graph.node('Softmax', [x], x.shape, { axis: requireAxis('softmax, axis', attributes.axis, x) });
  },
  /** y (d - sum(y d)) */
  gradient(graph, { output: y, outputGradient: d, attributes }) {
    const on = passesOver(graph, y);
    const sum = reduceNode(graph, 'ReduceSum', on.multiply(y, d), [requireAxis('softmax, axis', attributes.axis, y)]);
    return [on.multiply(y, on.subtract(d, sum))];
  },
};
