import { requireInteger, requireLength, requireNumbers } from '../../../checks.js';
import { elementCount, type Graph, type Operator, requireShape, type Shape, type Value } from '../../graph.js';
import { padAxis } from '../../padAxis.js';
import { reshapeTo } from '../../reshapeTo.js';

/** Attributes of `gather`. */
export interface GatherAttributes {
  /** Positions along the axis, row by row; negative ones count from the end. */
  readonly indices: readonly number[];
  /** Shape of the indices, which takes the axis's place; [] for a single index, whose axis is dropped. */
  readonly indexShape: Shape;
  /** May be negative. */
  readonly axis: number;
}

/** Positions of an axis, chosen by constant indices: ONNX's Gather. */
export const gather: Operator<GatherAttributes> = {
  name: 'gather',
  lower(graph, [x], attributes) {
    const { axis, places } = placesOf(x.shape, attributes);
    const { indexShape } = attributes;
    const shape = [...x.shape.slice(0, axis), ...indexShape, ...x.shape.slice(axis + 1)];
    const index = BigInt64Array.from(places, BigInt);
    const indices = graph.initializer(index, indexShape);
    return graph.node('Gather', [x, indices], shape, { axis }, { type: x.type });
  },
  gradient(graph, { inputs: [x], outputGradient, attributes }) {
    const { axis, places } = placesOf(x.shape, attributes);
    const [before, behind] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
    const side = x.shape[axis];
    const rows = reshapeTo(graph, outputGradient, [...before, places.length, ...behind]);
    if (places.every((place, i) => place === places[0] + i)) return [{ part: rows, axis, start: places[0] }];
    if (new Set(places).size === places.length) return [gatherBack(graph, rows, axis, places, side)];
    return [sumBack(graph, rows, axis, places, x.shape)];
  },
};

function placesOf(shape: Shape, { indices, indexShape, axis }: GatherAttributes): { axis: number; places: number[] } {
  const rank = shape.length;
  requireInteger('gather, axis', axis, { min: -rank, max: rank - 1 });
  const along = axis < 0 ? axis + rank : axis;
  const side = shape[along];
  requireShape('gather, indices', indexShape);
  requireLength('gather, indices', indices, elementCount(indexShape), `as [${indexShape.join(', ')}] has`);
  requireNumbers('gather, indices', indices, { min: -side, max: side - 1 }, true);
  return { axis: along, places: indices.map((index) => (index < 0 ? index + side : index)) };
}

/** Each position was taken once or never: it takes its gradient, or the zero that is put behind them. */
function gatherBack(graph: Graph, rows: Value, axis: number, places: readonly number[], side: number): Value {
  const padded = places.length === side ? rows : padAxis(graph, rows, axis, 0, 1);
  const from = Array.from({ length: side }, (_, place) => places.indexOf(place));
  const index = graph.integers(from.map((found) => (found === -1 ? places.length : found)));
  const shape = rows.shape.map((length, i) => (i === axis ? side : length));
  return graph.node('Gather', [padded, index], shape, { axis });
}

/** Positions that were taken several times sum their gradients: a product with a matrix of zeros and ones, which every device has. */
function sumBack(graph: Graph, rows: Value, axis: number, places: readonly number[], shape: Shape): Value {
  const side = shape[axis];
  const count = places.length;
  const last = axis === shape.length - 1;
  const ones = new Float32Array(side * count);
  for (const [i, place] of places.entries()) ones[last ? i * side + place : place * count + i] = 1;
  const matrix = graph.initializer(ones, last ? [count, side] : [side, count]);
  if (last) return graph.node('MatMul', [rows, matrix], shape);
  const [before, behind] = [shape.slice(0, axis), shape.slice(axis + 1)].map(elementCount);
  const product = graph.node(
    'MatMul',
    [matrix, reshapeTo(graph, rows, [before, count, behind])],
    [before, side, behind],
  );
  return reshapeTo(graph, product, shape);
}
