import { requireNumber } from '../../../checks.js';
import { fitShapes } from '../../fitShapes.js';
import type { Graph, Operator, Value } from '../../graph.js';
import { logSoftmax } from './softmaxCrossEntropy.js';

/** Below this a probability of being wrong counts as this: 0 to a negative power is no number. */
const least = 1e-12;

/**
 * Focal loss of softmax(logits) with weighted targets (Lin et al. 2017, arXiv:1708.02002, of several classes): logits [N, K] and targets [N, K] to a
 * scalar, -sum(targets * (1 - p)^focusing * log p). Answers that are nearly right already count less, the more so the larger `focusing`, above 0.
 */
export const focalCrossEntropy: Operator<{ readonly focusing: number }> = {
  name: 'focalCrossEntropy',
  lower(graph, [logits, targets], { focusing }) {
    requireNumber('focusing', focusing, { above: 0 });
    fitShapes('focalCrossEntropy', { logits: [logits, 'N K'], targets: [targets, 'N K'] });
    const { shape } = logits;
    const logs = logSoftmax(graph, logits);
    const { powers } = parts(graph, logs, focusing);
    const terms = graph.node('Mul', [targets, graph.node('Mul', [powers, logs], shape)], shape);
    return graph.node('Neg', [graph.node('ReduceSum', [terms, graph.integers([0, 1])], [], { keepdims: 0 })], []);
  },
  gradient(graph, { inputs: [logits, targets], outputGradient, attributes: { focusing } }) {
    // With f(p) = (1 - p)^g log p and h = p f'(p) = (1 - p)^g - g p (1 - p)^(g-1) log p:
    // d loss / d logit_j = p_j sum_k(t_k h_k) - t_j h_j
    const { shape } = logits;
    const logs = logSoftmax(graph, logits);
    const { probabilities, wrong, powers } = parts(graph, logs, focusing);
    const share = graph.node('Div', [graph.node('Mul', [probabilities, logs], shape), wrong], shape);
    const slope = graph.node('Mul', [share, graph.scalar(focusing)], shape);
    const h = graph.node('Mul', [powers, graph.node('Sub', [graph.scalar(1), slope], shape)], shape);
    const weighted = graph.node('Mul', [targets, h], shape);
    const sums = graph.node('ReduceSum', [weighted, graph.integers([1])], [shape[0], 1], { keepdims: 1 });
    const gradient = graph.node('Sub', [graph.node('Mul', [probabilities, sums], shape), weighted], shape);
    return [graph.node('Mul', [gradient, outputGradient], shape), null];
  },
};

function parts(graph: Graph, logs: Value, focusing: number) {
  const { shape } = logs;
  const probabilities = graph.node('Exp', [logs], shape);
  const wrong = graph.node(
    'Max',
    [graph.node('Sub', [graph.scalar(1), probabilities], shape), graph.scalar(least)],
    shape,
  );
  return { probabilities, wrong, powers: graph.node('Pow', [wrong, graph.scalar(focusing)], shape) };
}
