import { asChannels, blockedNode, memoryAs, storedShape } from '../../blocked/layout.js';
import { fitShapes } from '../../fitShapes.js';
import type { Operator } from '../../graph.js';

/** Mean over all positions of each channel: x [N, C, H, W] to [N, C]. */
export const globalAveragePool: Operator<Record<string, never>> = {
  name: 'globalAveragePool',
  anyLayout: true,
  lower(graph, [x]) {
    fitShapes('globalAveragePool', { input: [x, 'N C H W'] });
    const [n, c] = x.shape;
    if (x.layout) {
      const [, channels] = storedShape(x.shape, x.layout);
      const pooled = memoryAs(graph, blockedNode(graph, 'GlobalAveragePool', [x], [n, c, 1, 1]), [n, channels]);
      const bounds = [[0], [c], [1]].map((v) => graph.integers(v));
      return channels === c ? pooled : graph.node('Slice', [pooled, ...bounds], [n, c]);
    }
    // Two operators that take any batch size, which an exported graph needs.
    const pooled = graph.node('GlobalAveragePool', [x], [n, c, 1, 1]);
    return graph.node('Flatten', [pooled], [n, c], { axis: 1 });
  },
  gradient(graph, { inputs: [x], outputGradient }) {
    const [n, c, h, w] = x.shape;
    const share = graph.node('Mul', [outputGradient, graph.scalar(1 / (h * w))], [n, c]);
    if (x.layout) {
      const { block } = x.layout;
      const [, channels] = storedShape(x.shape, x.layout);
      const pads = graph.integers([0, 0, 0, channels - c]);
      const filled = channels === c ? share : graph.node('Pad', [share, pads, graph.scalar(0)], [n, channels]);
      const corner = memoryAs(graph, filled, [(n * channels) / block, 1, block]);
      const spread = [(n * channels) / block, h * w, block];
      return [asChannels(graph, graph.node('Expand', [corner, graph.integers(spread)], spread), x.shape)];
    }
    // 0 and 1 keep the batch size, whatever it is.
    const corner = graph.node('Reshape', [share, graph.integers([0, c, 1, 1])], [n, c, 1, 1]);
    return [graph.node('Expand', [corner, graph.integers([1, c, h, w])], x.shape)];
  },
};
