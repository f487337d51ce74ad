import { fitShapes } from '../../fitShapes.js';
import type { Operator } from '../../graph.js';
import { passesOver } from '../elementwise/passes.js';
import { reduceNode, requireAxis } from './reduce.js';
import { reduceLogSumExp } from './reduceLogSumExp.js';
import type { SoftmaxAttributes } from './softmax.js';

/** x minus the logarithm of the sum of exp(x) along one axis. */
export const logSoftmax: Operator<SoftmaxAttributes> = {
  name: 'logSoftmax',
  lower(graph, [x], attributes) {
    fitShapes('logSoftmax', { input: [x, '...'] });
    const axis = requireAxis('logSoftmax, axis', attributes.axis, x);
    const on = passesOver(graph, x);
    if (graph.target === 'cpu') return on.node('LogSoftmax', [x], { axis });
    // onnxruntime's WebGPU device has no LogSoftmax.
    return on.subtract(x, reduceLogSumExp.lower(graph, [x], { axes: [axis], keepAxes: true }, {}));
  },
  /** d - exp(y) sum(d) */
  gradient(graph, { output: y, outputGradient: d, attributes }) {
    const on = passesOver(graph, y);
    const sum = reduceNode(graph, 'ReduceSum', d, [requireAxis('logSoftmax, axis', attributes.axis, y)]);
    return [on.subtract(d, on.multiply(on.node('Exp', [y]), sum))];
  },
};
