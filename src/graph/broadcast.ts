import { unexpected, Words } from '../checks.js';
import { sumPlanesTo } from './blocked/planes.js';
import { elementCount, type Graph, type Shape, toPlain, type Value } from './graph.js';
import { reshapeTo } from './reshapeTo.js';

/**
 * The shape that all of these spread to, by ONNX's (NumPy's) rule: aligned at the last axis, a side of 1 stands for any.
 * @param what said in the message, such as `matmul, inputs`
 * @throws LesionlabError kind `usage` where two sides differ and neither is 1
 */
export function broadcastShapes(what: string, shapes: readonly Shape[]): number[] {
  const rank = Math.max(...shapes.map(({ length }) => length));
  return Array.from({ length: rank }, (_, axis) => {
    const sides = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1).filter((side) => side !== 1);
    if (sides.every((side) => side === sides[0])) return sides[0] ?? 1;
    const found = shapes.map((shape) => `[${shape.join(', ')}]`).join(' and ');
    throw unexpected(what, 'sides that are equal or 1, counted from the last axis', new Words(found));
  });
}

/** @throws LesionlabError kind `usage` where a shape doesn't spread to this one */
export function requireSpread(what: string, shape: Shape, target: Shape): void {
  const axis = (side: number, i: number) => side === 1 || side === target[target.length - shape.length + i];
  if (shape.length <= target.length && shape.every(axis)) return;
  const found = new Words(`[${shape.join(', ')}]`);
  throw unexpected(what, `a shape that spreads to [${target.join(', ')}]`, found);
}

/**
 * The gradient of a value of this shape, from that of what it was spread to: the sum over the axes that it was spread along. Channels in
 * blocks are taken as they are.
 */
export function sumToShape(graph: Graph, x: Value, shape: Shape): Value {
  if (`${x.shape}` === `${shape}`) return x;
  if (x.layout) return sumPlanesTo(graph, x, shape) ?? sumToShape(graph, toPlain(graph, x), shape);
  const added = x.shape.length - shape.length;
  const axes = x.shape.flatMap((side, axis) => (side !== (shape[axis - added] ?? 1) || axis < added ? [axis] : []));
  const kept = x.shape.map((side, axis) => (axes.includes(axis) ? 1 : side));
  const leading = axes.every((axis, i) => axis === i);
  const summed = leading
    ? columnSums(graph, reshapeTo(graph, x, rowsOf(x.shape, axes.length)))
    : graph.node('ReduceSum', [x, graph.integers(axes)], kept, { keepdims: 1 });
  return reshapeTo(graph, summed, shape);
}

const rowsOf = (shape: Shape, axes: number): Shape => [
  elementCount(shape.slice(0, axes)),
  elementCount(shape.slice(axes)),
];

/**
 * Sum of each column: x [R, C] to [1, C]. On the CPU a product with a row, which runs on all threads.
 * @param weights [R, 1], a factor for each row; default 1
 */
export function columnSums(graph: Graph, x: Value, weights?: Value): Value {
  const [rows, columns] = x.shape;
  if (graph.target === 'webgpu' || rows === 1) {
    const weighted = weights ? graph.node('Mul', [x, weights], x.shape) : x;
    if (rows === 1) return weighted;
    return graph.node('ReduceSum', [weighted, graph.integers([0])], [1, columns], { keepdims: 1 });
  }
  const row = weights ? reshapeTo(graph, weights, [1, rows]) : rowOfOnes(graph, rows);
  return graph.node('MatMul', [row, x], [1, columns]);
}

/** [1, R] of ones, made once; onnxruntime keeps it as a constant. */
export const rowOfOnes = (graph: Graph, count: number): Value => {
  const shape = graph.integers([1, count]);
  return graph.derive('ones', shape, () => graph.node('Expand', [graph.scalar(1), shape], [1, count]));
};
