import { elementCount } from '../../graph/graph.js';
import { axisOf } from '../geometry/axes.js';
import { Refusal } from '../geometry/refusal.js';
import { expandedShape, newShapes, padsOf, permutationOf, slicesOf, splitOf } from '../geometry/shapes.js';
import { type Constant, makeArray, makeConstant, numbersOf } from '../mirror/tensorTypes.js';
import { broadcastPlaces, placesOf, reshaped, stridesOf, take } from './arrays.js';
import type { Fold, Folds } from './fold.js';

const asShaped = (operator: string): [string, Fold] => [
  operator,
  (call) => reshaped(call.constant(0), newShapes[operator](call)),
];

/** A piece of an axis. */
function piece(source: Constant, axis: number, start: number, length: number): Constant {
  const strides = stridesOf(source.shape);
  const shape = source.shape.map((side, i) => (i === axis ? length : side));
  return take(source, shape, placesOf(shape, strides, start * strides[axis]));
}

/** What moves elements and changes none. */
export const arrangement: Folds = {
  ...Object.fromEntries(['Identity', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze'].map(asShaped)),
  Transpose: (call) => {
    const source = call.constant(0);
    const order = permutationOf(call);
    const strides = stridesOf(source.shape);
    const shape = order.map((axis) => source.shape[axis]);
    return take(
      source,
      shape,
      placesOf(
        shape,
        order.map((axis) => strides[axis]),
      ),
    );
  },
  Expand: (call) => {
    const source = call.constant(0);
    const shape = expandedShape(call);
    return take(source, shape, broadcastPlaces(source.shape, shape));
  },
  Tile: (call) => {
    const source = call.constant(0);
    const repeats = call.numbers(1) ?? [];
    const shape = source.shape.map((side, i) => side * repeats[i]);
    const strides = stridesOf(source.shape);
    const inner = source.shape.flatMap((side, i) => [repeats[i], side]);
    const steps = strides.flatMap((stride) => [0, stride]);
    return take(source, shape, placesOf(inner, steps));
  },
  Slice: (call) => {
    const source = call.constant(0);
    const strides = stridesOf(source.shape);
    const slices = slicesOf(call);
    const offset = slices.reduce((sum, { start }, i) => sum + start * strides[i], 0);
    const shape = slices.map(({ count }) => count);
    return take(
      source,
      shape,
      placesOf(
        shape,
        slices.map(({ step }, i) => step * strides[i]),
        offset,
      ),
    );
  },
  Split: (call) => {
    const { axis, sizes } = splitOf(call);
    let start = 0;
    return sizes.map((size) => {
      const found = piece(call.constant(0), axis, start, size);
      start += size;
      return found;
    });
  },
  Concat: (call) => {
    const parts = call.inputs.map((_, i) => call.constant(i));
    return concatenate(parts, axisOf(call.attributes.int('axis', 1), parts[0].shape.length));
  },
  Pad: (call) => {
    const source = call.constant(0);
    const { before, after } = padsOf(call);
    const mode = call.attributes.string('mode', 'constant');
    const value = call.attributes.has('value') ? call.attributes.float('value', 0) : (call.number(2) ?? 0);
    const shape = source.shape.map((side, i) => side + before[i] + after[i]);
    const strides = stridesOf(source.shape);
    const numbers = numbersOf(source);
    const along = shape.map((side, axis) =>
      Int32Array.from({ length: side }, (_, i) => padPlace(i - before[axis], source.shape[axis], mode)),
    );
    const own = stridesOf(shape);
    const found = Float64Array.from({ length: elementCount(shape) }, (_, i) => {
      let place = 0;
      for (let axis = 0; axis < shape.length; axis++) {
        const at = along[axis][Math.floor(i / own[axis]) % shape[axis]];
        if (at < 0) return value;
        place += at * strides[axis];
      }
      return numbers[place];
    });
    return makeConstant(source.type, found, shape);
  },
};

/** Where the element `at` places from the first of an axis comes from; -1 where it is the fill value. */
function padPlace(at: number, side: number, mode: string): number {
  if (at >= 0 && at < side) return at;
  if (mode === 'constant') return -1;
  if (mode === 'edge') return at < 0 ? 0 : side - 1;
  if (mode === 'wrap') return ((at % side) + side) % side;
  if (mode !== 'reflect') throw new Refusal(`pads in the mode "${mode}"`);
  if (side === 1) return 0;
  const period = 2 * (side - 1);
  const within = ((at % period) + period) % period;
  return within < side ? within : period - within;
}

/** Tensors side by side along an axis. */
function concatenate(parts: readonly Constant[], axis: number): Constant {
  const [first] = parts;
  const length = parts.reduce((sum, { shape }) => sum + shape[axis], 0);
  const shape = first.shape.map((side, i) => (i === axis ? length : side));
  const inner = elementCount(shape.slice(axis + 1));
  const outer = elementCount(shape.slice(0, axis));
  if (first.type === 'string') {
    const rows = (part: Constant, row: number) => {
      const run = part.shape[axis] * inner;
      return (part.data as readonly string[]).slice(row * run, (row + 1) * run);
    };
    const data = Array.from({ length: outer }, (_, row) => parts.flatMap((part) => rows(part, row))).flat();
    return { type: 'string', shape, data };
  }
  const data = makeArray(first.type, elementCount(shape));
  let start = 0;
  for (const part of parts) {
    const run = part.shape[axis] * inner;
    const values = part.data as Float32Array;
    for (let row = 0; row < outer; row++)
      (data as Float32Array).set(values.subarray(row * run, (row + 1) * run), (row * length + start) * inner);
    start += part.shape[axis];
  }
  return { type: first.type, shape, data };
}
