import { elementCount, type Graph, type Value } from './graph.js';
import { reshapeTo } from './reshapeTo.js';

/**
 * Products of one axis with a matrix of constants: what pooling, padding and resizing are along each axis, and, with the matrix
 * transposed, what their gradients are. Every device has matrix products, at any rank.
 */
export interface AxisMatrix {
  readonly rows: number;
  readonly columns: number;
  /** Row by row. */
  readonly data: Float32Array;
}

/** A matrix of the entries that `entries` names: row, column, number; numbers at one place are added up. */
export function axisMatrix(
  rows: number,
  columns: number,
  entries: Iterable<readonly [number, number, number]>,
): AxisMatrix {
  const data = new Float32Array(rows * columns);
  for (const [row, column, number] of entries) data[row * columns + column] += number;
  return { rows, columns, data };
}

/** Rows become columns. */
export function transposed({ rows, columns, data }: AxisMatrix): AxisMatrix {
  const turned = new Float32Array(data.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) turned[j * rows + i] = data[i * columns + j];
  return { rows: columns, columns: rows, data: turned };
}

/** The matrix times each line of x along the axis: [..., columns, ...] to [..., rows, ...]. */
export function multiplyAxis(graph: Graph, x: Value, axis: number, matrix: AxisMatrix): Value {
  const { rows, columns } = matrix;
  const before = x.shape.slice(0, axis);
  const behind = x.shape.slice(axis + 1);
  const shape = [...before, rows, ...behind];
  if (behind.length === 0) {
    const { data } = transposed(matrix);
    return graph.node('MatMul', [x, graph.initializer(data, [columns, rows])], shape);
  }
  const lines = reshapeTo(graph, x, [...before, columns, elementCount(behind)]);
  const product = graph.node(
    'MatMul',
    [graph.initializer(matrix.data, [rows, columns]), lines],
    [...before, rows, elementCount(behind)],
  );
  return reshapeTo(graph, product, shape);
}
