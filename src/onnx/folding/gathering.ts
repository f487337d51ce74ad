import { elementCount } from '../../graph/graph.js';
import { axisOf } from '../geometry/axes.js';
import { Refusal } from '../geometry/refusal.js';
import { type Constant, makeConstant, numbersOf } from '../mirror/tensorTypes.js';
import { stridesOf, take } from './arrays.js';
import type { Folds } from './fold.js';

/** Places along an axis counted from the front. */
function placesAlong(indices: Constant, side: number): number[] {
  return Array.from(numbersOf(indices), (index) => {
    const found = index < 0 ? index + side : index;
    if (found < 0 || found >= side) throw new Refusal(`takes element ${index} of an axis with ${side}`);
    return found;
  });
}

/** For each element of `indices`, its place in a tensor of `shape` where the axis comes from the index. */
function elementPlaces(shape: readonly number[], indices: Constant, axis: number): Int32Array {
  const along = placesAlong(indices, shape[axis]);
  const [own, strides] = [stridesOf(indices.shape), stridesOf(shape)];
  return Int32Array.from(along, (index, i) => {
    let place = index * strides[axis];
    for (let other = 0; other < shape.length; other++)
      if (other !== axis) place += (Math.floor(i / own[other]) % indices.shape[other]) * strides[other];
    return place;
  });
}

/** Starts of the slices that rows of indices [..., k] name in a tensor of `shape`. */
export function rowPlaces(shape: readonly number[], indices: Constant, first = 0): number[] {
  const depth = indices.shape[indices.shape.length - 1];
  const strides = stridesOf(shape);
  const numbers = numbersOf(indices);
  return Array.from({ length: numbers.length / depth }, (_, row) => {
    let place = 0;
    for (let k = 0; k < depth; k++) {
      const index = numbers[row * depth + k];
      place += (index < 0 ? index + shape[first + k] : index) * strides[first + k];
    }
    return place;
  });
}

const reductions: Readonly<Record<string, (a: number, b: number) => number>> = {
  none: (_, b) => b,
  add: (a, b) => a + b,
  mul: (a, b) => a * b,
  max: (a, b) => Math.max(a, b),
  min: (a, b) => Math.min(a, b),
};

/** Elements by their indices, and put at indices. */
export const gathering: Folds = {
  Gather: (call) => {
    const [source, indices] = [call.constant(0), call.constant(1)];
    const axis = axisOf(call.attributes.int('axis', 0), source.shape.length);
    const along = placesAlong(indices, source.shape[axis]);
    const inner = elementCount(source.shape.slice(axis + 1));
    const outer = elementCount(source.shape.slice(0, axis));
    const places = new Int32Array(outer * along.length * inner);
    let i = 0;
    for (let row = 0; row < outer; row++)
      for (const index of along)
        for (let k = 0; k < inner; k++) places[i++] = (row * source.shape[axis] + index) * inner + k;
    return take(source, [...source.shape.slice(0, axis), ...indices.shape, ...source.shape.slice(axis + 1)], places);
  },
  GatherElements: (call) => {
    const [source, indices] = [call.constant(0), call.constant(1)];
    const axis = axisOf(call.attributes.int('axis', 0), source.shape.length);
    return take(source, indices.shape, elementPlaces(source.shape, indices, axis));
  },
  GatherND: (call) => {
    const [source, indices] = [call.constant(0), call.constant(1)];
    const batch = call.attributes.int('batch_dims', 0);
    const depth = indices.shape[indices.shape.length - 1];
    const rest = source.shape.slice(batch + depth);
    const run = elementCount(rest);
    const starts = rowPlaces(source.shape, indices, batch);
    const batches = elementCount(source.shape.slice(0, batch));
    const perBatch = starts.length / batches;
    const apart = elementCount(source.shape.slice(batch));
    const places = new Int32Array(starts.length * run);
    starts.forEach((start, row) => {
      const from = start + Math.floor(row / perBatch) * apart;
      for (let k = 0; k < run; k++) places[row * run + k] = from + k;
    });
    return take(source, [...indices.shape.slice(0, -1), ...rest], places);
  },
  ScatterND: (call) => {
    const [source, indices, updates] = [call.constant(0), call.constant(1), call.constant(2)];
    const reduce = reductions[call.attributes.string('reduction', 'none')];
    const depth = indices.shape[indices.shape.length - 1];
    const run = elementCount(source.shape.slice(depth));
    const found = Float64Array.from(numbersOf(source));
    const values = numbersOf(updates);
    rowPlaces(source.shape, indices).forEach((start, row) => {
      for (let k = 0; k < run; k++) found[start + k] = reduce(found[start + k], values[row * run + k]);
    });
    return makeConstant(source.type, found, source.shape);
  },
  ScatterElements: (call) => {
    const [source, indices, updates] = [call.constant(0), call.constant(1), call.constant(2)];
    const reduce = reductions[call.attributes.string('reduction', 'none')];
    const axis = axisOf(call.attributes.int('axis', 0), source.shape.length);
    const found = Float64Array.from(numbersOf(source));
    const values = numbersOf(updates);
    elementPlaces(source.shape, indices, axis).forEach((place, i) => {
      found[place] = reduce(found[place], values[i]);
    });
    return makeConstant(source.type, found, source.shape);
  },
};
