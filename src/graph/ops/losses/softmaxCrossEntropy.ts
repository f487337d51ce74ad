import { fitShapes } from '../../fitShapes.js';
import type { Graph, Operator, Value } from '../../graph.js';

/**
 * Cross-entropy of softmax(logits) with weighted targets: logits [N, K] and targets [N, K] to a scalar,
 * -sum(targets * log softmax(logits)). Class weights, label smoothing and the mean over the batch are all in the targets
 * (see `nn/lossTargets.ts`), so that one operator serves every loss of the family.
 */
export const softmaxCrossEntropy: Operator<Record<string, never>> = {
  name: 'softmaxCrossEntropy',
  lower(graph, [logits, targets]) {
    fitShapes('softmaxCrossEntropy', { logits: [logits, 'N K'], targets: [targets, 'N K'] });
    const weighted = graph.node('Mul', [targets, logSoftmax(graph, logits)], logits.shape);
    const sum = graph.node('ReduceSum', [weighted, graph.integers([0, 1])], [], { keepdims: 0 });
    return graph.node('Neg', [sum], []);
  },
  gradient(graph, { inputs: [logits, targets], outputGradient }) {
    // d loss / d logits = softmax(logits) * (row sum of targets) - targets
    const { shape } = logits;
    const rowSums = graph.node('ReduceSum', [targets, graph.integers([1])], [shape[0], 1], { keepdims: 1 });
    const spread = graph.node('Mul', [graph.node('Softmax', [logits], shape, { axis: 1 }), rowSums], shape);
    const gradient = graph.node('Sub', [spread, targets], shape);
    return [graph.node('Mul', [gradient, outputGradient], shape), null];
  },
};

/** log softmax over the last axis, from operators that every device has. */
export function logSoftmax(graph: Graph, logits: Value): Value {
  const { shape } = logits;
  const column = [shape[0], 1];
  const maximum = graph.node('ReduceMax', [logits], column, { axes: [1], keepdims: 1 });
  const shifted = graph.node('Sub', [logits, maximum], shape);
  const exponentials = graph.node('Exp', [shifted], shape);
  const sum = graph.node('ReduceSum', [exponentials, graph.integers([1])], column, { keepdims: 1 });
  return graph.node('Sub', [shifted, graph.node('Log', [sum], column)], shape);
}
