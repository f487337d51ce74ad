import { broadcastShapes } from '../../broadcast.js';
import type { Graph, Value } from '../../graph.js';
import { reshapeTo } from '../../reshapeTo.js';

export interface ProductOptions {
  /** The last two axes of the first factor change places. */
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  /** Factor of the product; default 1. */
  readonly scale?: number;
}

/**
 * Products of matrices [..., M, K] and [..., K, N], leading axes spread. onnxruntime's CPU kernel reads factors the other way round and
 * scales in passing; elsewhere they are turned first, and the smaller factor is scaled.
 */
export function matrixProduct(graph: Graph, a: Value, b: Value, options: ProductOptions = {}): Value {
  const { transposeA = false, transposeB = false, scale = 1 } = options;
  const rows = a.shape.at(transposeA ? -1 : -2)!;
  const columns = b.shape.at(transposeB ? -2 : -1)!;
  const leading = broadcastShapes('product', [a.shape.slice(0, -2), b.shape.slice(0, -2)]);
  const shape = [...leading, rows, columns];
  if (!transposeA && !transposeB && scale === 1) return graph.node('MatMul', [a, b], shape);
  if (graph.target === 'cpu') {
    const attributes = {
      ...(transposeA && { transA: 1 }),
      ...(transposeB && { transB: 1 }),
      ...(scale !== 1 && { alpha: { float: scale } }),
    };
    return graph.node('FusedMatMul', [a, b], shape, attributes, { domain: 'com.microsoft' });
  }
  const scaled = scale === 1 ? a : graph.node('Mul', [a, graph.scalar(scale)], a.shape);
  const factors = [transposeA ? turned(graph, scaled) : scaled, transposeB ? turned(graph, b) : b];
  return graph.node('MatMul', factors, shape);
}

/**
 * a^T b of matrices a [R, M] and b [R, N] with many rows: the gradient of a weight. onnxruntime's kernel takes a quarter longer where it
 * reads its first factor the other way round, so the narrower of the two is turned before: 27 against 20 to 22 ms for R = 1576 and
 * widths 384 and 1536, either way (one thread).
 */
export function columnProducts(graph: Graph, a: Value, b: Value): Value {
  const [m, n] = [a.shape[1], b.shape[1]];
  if (graph.target === 'webgpu') return graph.node('Gemm', [a, b], [m, n], { transA: 1 });
  if (m <= n) return graph.node('Gemm', [turnedApart(graph, a), b], [m, n]);
  return turnedApart(graph, graph.node('Gemm', [turnedApart(graph, b), a], [n, m]));
}

/** A matrix the other way round, in a form that onnxruntime's optimizer doesn't make a flag of the product again. */
function turnedApart(graph: Graph, x: Value): Value {
  const [rows, columns] = x.shape;
  return reshapeTo(graph, turned(graph, reshapeTo(graph, x, [1, rows, columns])), [columns, rows]);
}

/** The last two axes the other way round. */
export function turned(graph: Graph, x: Value): Value {
  const rank = x.shape.length;
  const perm = x.shape.map((_, axis) => (axis < rank - 2 ? axis : axis === rank - 1 ? rank - 2 : rank - 1));
  return graph.node(
    'Transpose',
    [x],
    perm.map((axis) => x.shape[axis]),
    { perm },
  );
}
