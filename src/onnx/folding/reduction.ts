import { elementCount } from '../../graph/graph.js';
import { axisOf, reducedAxes, reducedShape } from '../geometry/axes.js';
import { type Constant, makeConstant, numbersOf, type TensorType } from '../mirror/tensorTypes.js';
import { placesOf, stridesOf } from './arrays.js';
import type { Fold, Folds } from './fold.js';

/** Numbers over axes to one each. */
const reduce =
  (combine: (numbers: readonly number[]) => number, prepare = (x: number) => x): Fold =>
  (call) => {
    const source = call.constant(0);
    const keep = call.attributes.flag('keepdims', true);
    const axes = reducedAxes(call);
    const numbers = numbersOf(source);
    if (!axes)
      return makeConstant(
        source.type,
        Array.from(numbers, (x) => combine([prepare(x)])),
        source.shape,
      );
    const shape = reducedShape(source.shape, axes, true);
    const groups: number[][] = Array.from({ length: elementCount(shape) }, () => []);
    const own = stridesOf(shape);
    const places = placesOf(
      source.shape,
      own.map((stride, i) => (axes.includes(i) ? 0 : stride)),
    );
    for (let i = 0; i < places.length; i++) groups[places[i]].push(prepare(numbers[i]));
    return makeConstant(source.type, groups.map(combine), reducedShape(source.shape, axes, keep));
  };

const sum = (numbers: readonly number[]) => numbers.reduce((found, x) => found + x, 0);
const largest = (numbers: readonly number[]) => numbers.reduce((a, b) => Math.max(a, b), -Infinity);
const smallest = (numbers: readonly number[]) => numbers.reduce((a, b) => Math.min(a, b), Infinity);

/** What the largest (or smallest) number of none is: the least (or the most) that its type can hold. */
const extreme =
  (combine: (numbers: readonly number[]) => number, end: 0 | 1): Fold =>
  (call) => {
    const range = typeRanges[call.input(0).type] ?? [-Infinity, Infinity];
    return reduce((numbers) => (numbers.length === 0 ? range[end] : combine(numbers)))(call);
  };

const typeRanges: Partial<Record<TensorType, readonly [number, number]>> = {
  bool: [0, 1],
  int8: [-(2 ** 7), 2 ** 7 - 1],
  uint8: [0, 2 ** 8 - 1],
  int16: [-(2 ** 15), 2 ** 15 - 1],
  uint16: [0, 2 ** 16 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
};

/** Place of the first (or last) largest number along an axis. */
const place =
  (better: (a: number, b: number) => boolean): Fold =>
  (call) => {
    const source = call.constant(0);
    const axis = axisOf(call.attributes.int('axis', 0), source.shape.length);
    const last = call.attributes.flag('select_last_index');
    const [numbers, side] = [numbersOf(source), source.shape[axis]];
    const inner = elementCount(source.shape.slice(axis + 1));
    const shape = reducedShape(source.shape, [axis], call.attributes.flag('keepdims', true));
    const found = Array.from({ length: numbers.length / side }, (_, i) => {
      const start = Math.floor(i / inner) * side * inner + (i % inner);
      let best = 0;
      for (let k = 1; k < side; k++) {
        const [next, current] = [numbers[start + k * inner], numbers[start + best * inner]];
        if (better(next, current) || (last && next === current)) best = k;
      }
      return best;
    });
    return makeConstant('int64', found, shape);
  };

function cumulate(source: Constant, axis: number, options: { exclusive: boolean; reverse: boolean }): Constant {
  const numbers = Float64Array.from(numbersOf(source));
  const side = source.shape[axis];
  const inner = elementCount(source.shape.slice(axis + 1));
  for (let row = 0; row < numbers.length / side; row++) {
    const start = Math.floor(row / inner) * side * inner + (row % inner);
    let total = 0;
    for (let k = 0; k < side; k++) {
      const at = start + (options.reverse ? side - 1 - k : k) * inner;
      const own = numbers[at];
      numbers[at] = options.exclusive ? total : total + own;
      total += own;
    }
  }
  return makeConstant(source.type, numbers, source.shape);
}

/** Numbers along axes made to one. */
export const reduction: Folds = {
  ReduceSum: reduce(sum),
  ReduceMean: reduce((numbers) => sum(numbers) / numbers.length),
  ReduceProd: reduce((numbers) => numbers.reduce((found, x) => found * x, 1)),
  ReduceMax: extreme(largest, 0),
  ReduceMin: extreme(smallest, 1),
  ReduceL1: reduce(sum, Math.abs),
  ReduceL2: reduce(
    (squares) => Math.sqrt(sum(squares)),
    (x) => x * x,
  ),
  ReduceSumSquare: reduce(sum, (x) => x * x),
  ReduceLogSum: reduce((numbers) => Math.log(sum(numbers))),
  ReduceLogSumExp: reduce((numbers) => {
    const most = largest(numbers);
    return Number.isFinite(most) ? most + Math.log(sum(numbers.map((x) => Math.exp(x - most)))) : most;
  }),
  ArgMax: place((a, b) => a > b),
  ArgMin: place((a, b) => a < b),
  CumSum: (call) => {
    const source = call.constant(0);
    return cumulate(source, axisOf(call.number(1) ?? 0, source.shape.length), {
      exclusive: call.attributes.flag('exclusive'),
      reverse: call.attributes.flag('reverse'),
    });
  },
};
