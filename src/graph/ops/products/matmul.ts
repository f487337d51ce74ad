import { unexpected, Words } from '../../../checks.js';
import { broadcastShapes, sumToShape } from '../../broadcast.js';
import { fitShapes } from '../../fitShapes.js';
import { elementCount, type Graph, type Operator, type Shape, type Value } from '../../graph.js';
import { reshapeTo } from '../../reshapeTo.js';
import { columnProducts, matrixProduct } from './matrixProduct.js';

/**
 * Matrix products, by ONNX's (NumPy's) rule: a [..., M, K] and b [..., K, N] to [..., M, N], leading axes spread; a vector [K] is a row on
 * the left and a column on the right, and its axis is dropped.
 */
export const matmul: Operator<Record<string, never>> = {
  name: 'matmul',
  lower(graph, [a, b]) {
    fitShapes('matmul', {
      'first factor': [a, '... K'],
      'second factor': [b, b?.shape?.length === 1 ? 'K' : '... K N'],
    });
    const [left, right] = [asRow(a.shape), asColumn(b.shape)];
    if (left.at(-1) !== right.at(-2)) {
      const found = new Words(`[${a.shape.join(', ')}] and [${b.shape.join(', ')}]`);
      throw unexpected('matmul, factors', 'as many columns on the left as rows on the right', found);
    }
    const leading = broadcastShapes('matmul, factors', [left.slice(0, -2), right.slice(0, -2)]);
    const shape = [...leading, ...a.shape.slice(-2, -1), ...(b.shape.length === 1 ? [] : b.shape.slice(-1))];
    return graph.node('MatMul', [a, b], shape);
  },
  gradient(graph, { inputs: [a, b], outputGradient, wanted }) {
    const left = reshapeTo(graph, a, asRow(a.shape));
    const right = reshapeTo(graph, b, asColumn(b.shape));
    const leading = broadcastShapes('matmul', [left.shape.slice(0, -2), right.shape.slice(0, -2)]);
    const gradient = reshapeTo(graph, outputGradient, [...leading, left.shape.at(-2)!, right.shape.at(-1)!]);
    return [
      wanted[0] ? toInput(graph, matrixProduct(graph, gradient, right, { transposeB: true }), left, a) : null,
      wanted[1] ? toInput(graph, secondGradient(graph, left, right, gradient), right, b) : null,
    ];
  },
};

const asRow = (shape: Shape): Shape => (shape.length === 1 ? [1, ...shape] : shape);
const asColumn = (shape: Shape): Shape => (shape.length === 1 ? [...shape, 1] : shape);

/** One matrix on the right of many is one product of all rows. */
function secondGradient(graph: Graph, left: Value, right: Value, gradient: Value): Value {
  if (right.shape.length > 2) return matrixProduct(graph, left, gradient, { transposeA: true });
  const [a, b] = [left, gradient].map((x) =>
    reshapeTo(graph, x, [elementCount(x.shape.slice(0, -1)), x.shape.at(-1)!]),
  );
  return columnProducts(graph, a, b);
}

/** Summed over the axes that the input was spread along, in the input's own shape. */
const toInput = (graph: Graph, gradient: Value, factor: Value, input: Value): Value =>
  reshapeTo(graph, sumToShape(graph, gradient, factor.shape), input.shape);
