import { fitShapes } from '../../fitShapes.js';
import type { Operator } from '../../graph.js';

/** Added to the variance: the root's slope stays finite where a channel is the same everywhere. */
const epsilon = 1e-6;

/** Standard deviation over all positions of each channel: x [N, C, H, W] to sqrt(variance + 1e-6) [N, C]. */
export const globalSpreadPool: Operator<Record<string, never>> = {
  name: 'globalSpreadPool',
  lower(graph, [x], _attributes, saved) {
    fitShapes('globalSpreadPool', { input: [x, 'N C H W'] });
    const [n, c] = x.shape;
    // GlobalAveragePool takes any batch size, which an exported graph needs; the mean is taken off before squaring, so that no
    // digits are lost.
    const mean = graph.node('GlobalAveragePool', [x], [n, c, 1, 1]);
    saved.centred = graph.node('Sub', [x, mean], x.shape);
    const squares = graph.node('Mul', [saved.centred, saved.centred], x.shape);
    const variance = graph.node('GlobalAveragePool', [squares], [n, c, 1, 1]);
    const shifted = graph.node('Add', [variance, graph.scalar(epsilon)], [n, c, 1, 1]);
    saved.spread = graph.node('Sqrt', [shifted], [n, c, 1, 1]);
    return graph.node('Flatten', [saved.spread], [n, c], { axis: 1 });
  },
  /** With M positions: dx = (x - mean) / (M spread) dy. */
  gradient(graph, { inputs: [x], outputGradient, saved }) {
    const [n, c, h, w] = x.shape;
    const share = graph.node('Mul', [outputGradient, graph.scalar(1 / (h * w))], [n, c]);
    const corner = graph.node('Reshape', [share, graph.integers([0, c, 1, 1])], [n, c, 1, 1]);
    const factor = graph.node('Div', [corner, saved.spread], [n, c, 1, 1]);
    return [graph.node('Mul', [saved.centred, factor], x.shape)];
  },
};
