import type { Operator } from '../graph.js';

/** ReLU: max(x, 0). The gradient at 0 is 0, as in PyTorch. */
export const relu: Operator<Record<string, never>> = {
  name: 'relu',
  lower: (graph, [x]) => graph.node('Relu', [x], x.shape),
  gradient(graph, { output, outputGradient }) {
    const { shape } = output;
    if (graph.target === 'webgpu') {
      // onnxruntime's WebGPU device has no Sign.
      const positive = graph.node('Greater', [output, graph.scalar(0)], shape, {}, { type: 'bool' });
      return [graph.node('Where', [positive, outputGradient, graph.scalar(0)], shape)];
    }
    return [graph.node('Mul', [outputGradient, graph.node('Sign', [output], shape)], shape)];
  },
};
