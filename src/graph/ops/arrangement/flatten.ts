import { fitShapes } from '../../fitShapes.js';
import { elementCount, type Operator } from '../../graph.js';

/** [N, ...] to [N, D]. */
export const flatten: Operator<Record<string, never>> = {
  name: 'flatten',
  lower(graph, [x]) {
    fitShapes('flatten', { input: [x, 'N D ...'] });
    const shape = [x.shape[0], elementCount(x.shape.slice(1))];
    // Flatten, not Reshape to a constant: an exported graph then takes any batch size.
    return graph.node('Flatten', [x], shape, { axis: 1 });
  },
  gradient: (graph, { inputs: [x], outputGradient }) => [
    // 0 keeps the batch size, whatever it is.
    graph.node('Reshape', [outputGradient, graph.integers([0, ...x.shape.slice(1)])], x.shape),
  ],
};
