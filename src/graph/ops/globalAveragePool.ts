import type { Operator } from '../graph.js';

/** Mean over all positions of each channel: x [N, C, H, W] to [N, C]. */
export const globalAveragePool: Operator<Record<string, never>> = {
  name: 'globalAveragePool',
  lower(graph, [x]) {
    const [n, c] = x.shape;
    // Two operators that take any batch size, which an exported graph needs.
    const pooled = graph.node('GlobalAveragePool', [x], [n, c, 1, 1]);
    return graph.node('Flatten', [pooled], [n, c], { axis: 1 });
  },
  gradient(graph, { inputs: [x], outputGradient }) {
    const [n, c, h, w] = x.shape;
    const share = graph.node('Mul', [outputGradient, graph.scalar(1 / (h * w))], [n, c]);
    const corner = graph.node('Reshape', [share, graph.integers([n, c, 1, 1])], [n, c, 1, 1]);
    return [graph.node('Expand', [corner, graph.integers(x.shape)], x.shape)];
  },
};
