import { fitShapes } from '../../fitShapes.js';
import type { Operator } from '../../graph.js';

/** Fully connected layer: x [N, I], weight [O, I], bias [O] to x weight^T + bias [N, O]. */
export const linear: Operator<Record<string, never>> = {
  name: 'linear',
  lower(graph, [x, weight, bias]) {
    fitShapes('linear', { input: [x, 'N I'], weight: [weight, 'O I'], bias: [bias, 'O'] });
    return graph.node('Gemm', [x, weight, bias], [x.shape[0], weight.shape[0]], { transB: 1 });
  },
  gradient: (graph, { inputs: [x, weight, bias], outputGradient, wanted }) => [
    wanted[0] ? graph.node('Gemm', [outputGradient, weight], x.shape) : null,
    wanted[1] ? graph.node('Gemm', [outputGradient, x], weight.shape, { transA: 1 }) : null,
    wanted[2] ? graph.node('ReduceSum', [outputGradient, graph.integers([0])], bias.shape, { keepdims: 0 }) : null,
  ],
};
