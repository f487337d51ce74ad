import { columnSums } from '../../broadcast.js';
import { fitShapes } from '../../fitShapes.js';
import { elementCount, type Graph, type Operator, type Value } from '../../graph.js';
import { reshapeTo } from '../../reshapeTo.js';
import { columnProducts } from './matrixProduct.js';

/**
 * Fully connected layer: x [..., I], weight [O, I] and maybe bias [O] to x weight^T + bias [..., O]. One product of all rows, which
 * onnxruntime's kernels are fastest at.
 */
export const linear: Operator<Record<string, never>> = {
  name: 'linear',
  lower(graph, inputs) {
    const [x, weight, bias] = inputs;
    fitShapes('linear', { input: [x, '... I'], weight: [weight, 'O I'], ...(bias && { bias: [bias, 'O'] }) });
    const rows = rowsOf(graph, x);
    const outputs = weight.shape[0];
    const product = graph.node('Gemm', [rows, ...inputs.slice(1)], [rows.shape[0], outputs], { transB: 1 });
    return reshapeTo(graph, product, [...x.shape.slice(0, -1), outputs]);
  },
  gradient(graph, { inputs: [x, weight, bias], outputGradient, wanted }) {
    const rows = rowsOf(graph, x);
    const gradient = rowsOf(graph, outputGradient);
    return [
      wanted[0] ? reshapeTo(graph, graph.node('Gemm', [gradient, weight], rows.shape), x.shape) : null,
      wanted[1] ? columnProducts(graph, gradient, rows) : null,
      wanted[2] ? reshapeTo(graph, columnSums(graph, gradient), bias.shape) : null,
    ];
  },
};

/** [..., I] as a matrix [R, I]. */
function rowsOf(graph: Graph, x: Value): Value {
  const width = x.shape.at(-1)!;
  return reshapeTo(graph, x, [elementCount(x.shape) / width, width]);
}
