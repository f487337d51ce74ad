import { elementCount } from '../../graph/graph.js';
import { type Constant, makeArray } from '../mirror/tensorTypes.js';

/** How far apart neighbours along each axis lie, row by row. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= shape[i];
  }
  return strides;
}

/** For each element of a shape, row by row: `offset` and so many `strides` as its place along each axis. */
export function placesOf(shape: readonly number[], strides: readonly number[], offset = 0): Int32Array {
  const places = new Int32Array(elementCount(shape));
  const at = new Array<number>(shape.length).fill(0);
  let place = offset;
  for (let i = 0; i < places.length; i++) {
    places[i] = place;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place += strides[axis];
      if (++at[axis] < shape[axis]) break;
      place -= strides[axis] * shape[axis];
      at[axis] = 0;
    }
  }
  return places;
}

/** For each element of `shape` its place in a tensor that is broadcast to it. */
export function broadcastPlaces(from: readonly number[], shape: readonly number[]): Int32Array {
  const own = stridesOf(from);
  const missing = shape.length - from.length;
  const strides = shape.map((_, i) => (i < missing || from[i - missing] === 1 ? 0 : own[i - missing]));
  return placesOf(shape, strides);
}

/** Elements of a tensor by their places in it. */
export function take(source: Constant, shape: readonly number[], places: ArrayLike<number>): Constant {
  const { type, data } = source;
  if (type === 'string') return { type, shape, data: Array.from(places, (place) => data[place] as string) };
  const taken = makeArray(type, places.length);
  for (let i = 0; i < places.length; i++) taken[i] = data[places[i]] as never;
  return { type, shape, data: taken };
}

/** The same elements under another shape. */
export const reshaped = (source: Constant, shape: readonly number[]): Constant => ({
  type: source.type,
  shape,
  data: source.data,
});
