import { inLayoutOf } from '../../blocked/layout.js';
import type { Operator } from '../../graph.js';

/** ReLU: max(x, 0). The gradient at 0 is 0, as in PyTorch. */
export const relu: Operator<Record<string, never>> = {
  name: 'relu',
  anyLayout: true,
  lower: (graph, [x]) => graph.node('Relu', [x], x.shape, {}, { layout: x.layout }),
  gradient(graph, { output, outputGradient }) {
    const { shape, layout } = output;
    if (graph.target === 'webgpu') {
      // onnxruntime's WebGPU device has no Sign.
      const positive = graph.node('Greater', [output, graph.scalar(0)], shape, {}, { type: 'bool' });
      return [graph.node('Where', [positive, outputGradient, graph.scalar(0)], shape)];
    }
    // A product with 0 or 1 is faster than Where, and than Sign: 14 against 25 ms for 6.4 million numbers.
    const positive = graph.node('Greater', [output, graph.scalar(0)], shape, {}, { type: 'bool' });
    const mask = graph.node('Cast', [positive], shape, { to: 1 });
    return [graph.node('Mul', [inLayoutOf(graph, outputGradient, output), mask], shape, {}, { layout })];
  },
};
