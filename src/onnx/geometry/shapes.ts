import { elementCount } from '../../graph/graph.js';
import { axisOf, broadcastShape } from './axes.js';
import type { NodeCall } from './nodeCall.js';
import { rebatchedShape } from './rebatchedShape.js';
import { dataDependent, Refusal } from './refusal.js';

type Sides = readonly number[];

/** The new shape that Reshape, Flatten, Squeeze and Unsqueeze give their input: the elements stay in their order. */
export const newShapes: Readonly<Record<string, (call: NodeCall) => number[]>> = {
  Identity: (call) => [...call.shape(0)],
  Reshape: (call) => {
    const target = call.attributes.ints('shape') ?? call.numbers(1, 'its shape');
    if (!target) throw dataDependent('its shape');
    const rebatched = rebatchedShape(call, target);
    if (rebatched) return rebatched;
    return resolveReshape(call.shape(0), target, call.attributes.flag('allowzero'));
  },
  Flatten: (call) => {
    const shape = call.shape(0);
    const axis = call.attributes.int('axis', 1);
    const from = axis < 0 ? axis + shape.length : axis;
    return [elementCount(shape.slice(0, from)), elementCount(shape.slice(from))];
  },
  Squeeze: (call) => {
    const shape = call.shape(0);
    const axes = call.integers('axes', 1)?.map((axis) => axisOf(axis, shape.length));
    if (axes?.some((axis) => shape[axis] !== 1)) throw new Refusal(`drops an axis of [${shape}] that isn't 1`);
    return shape.filter((side, i) => (axes ? !axes.includes(i) : side !== 1));
  },
  Unsqueeze: (call) => {
    const shape = call.shape(0);
    const given = call.integers('axes', 1) ?? [];
    const rank = shape.length + given.length;
    const axes = given.map((axis) => axisOf(axis, rank));
    let next = 0;
    return Array.from({ length: rank }, (_, i) => (axes.includes(i) ? 1 : shape[next++]));
  },
};

/** A target of Reshape, with 0 for a side that stays and -1 for one that follows from the rest. */
export function resolveReshape(shape: Sides, target: Sides, allowZero: boolean): number[] {
  const sides = target.map((side, i) => (side === 0 && !allowZero ? (shape[i] ?? 1) : side));
  const open = sides.indexOf(-1);
  const total = elementCount(shape);
  if (open >= 0) {
    const others = sides.reduce((product, side) => (side === -1 ? product : product * side), 1);
    sides[open] = others === 0 ? 0 : total / others;
  }
  if (sides.every((side) => Number.isInteger(side) && side >= 0) && elementCount(sides) === total) return sides;
  throw new Refusal(`makes [${target}] of a tensor of shape [${shape}], which has another number of elements`);
}

/** Expand: a tensor's own shape broadcast with the one asked for. */
export function expandedShape(call: NodeCall): number[] {
  const shape = call.shape(0);
  const target = call.numbers(1, 'its shape') ?? [];
  const before = call.fixedBatch?.inputs[0]?.shape;
  const missing = target.length - shape.length;
  // Where the batch has another size than the file was exported for, its own side stays.
  const kept = target.map((side, i) => (before && before[i - missing] !== shape[i - missing] ? 1 : side));
  return broadcastShape(shape, kept);
}

/** Of an axis: first element, step, and how many are taken. */
export interface AxisSlice {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** What Slice takes along each axis. */
export function slicesOf(call: NodeCall): AxisSlice[] {
  const shape = call.shape(0);
  const [starts, ends] = [call.integers('starts', 1), call.integers('ends', 2)];
  if (!starts || !ends) throw new Refusal('lacks where its slices start and end');
  const axes = call.integers('axes', 3) ?? starts.map((_, i) => i);
  const steps = call.numbers(4, 'its steps') ?? starts.map(() => 1);
  const slices = shape.map((count): AxisSlice => ({ start: 0, step: 1, count }));
  axes.forEach((named, i) => {
    const axis = axisOf(named, shape.length);
    slices[axis] = sliceAxis(shape[axis], starts[i], ends[i], steps[i]);
  });
  return slices;
}

function sliceAxis(side: number, from: number, to: number, step: number): AxisSlice {
  const [low, high] = step > 0 ? [0, side] : [-1, side - 1];
  const place = (at: number) => Math.min(Math.max(at < 0 ? at + side : at, low), high);
  const start = Math.min(Math.max(from < 0 ? from + side : from, 0), step > 0 ? side : side - 1);
  return { start, step, count: Math.max(0, Math.ceil((place(to) - start) / step)) };
}

/** Lengths that Split cuts its axis into, and the axis. */
export function splitOf(call: NodeCall): { axis: number; sizes: readonly number[] } {
  const shape = call.shape(0);
  const axis = axisOf(call.attributes.int('axis', 0), shape.length);
  const given = call.integers('split', 1);
  if (given) return { axis, sizes: given };
  const parts = call.attributes.int('num_outputs', call.node.outputs.length);
  const size = Math.ceil(shape[axis] / parts);
  return { axis, sizes: Array.from({ length: parts }, (_, i) => Math.min(size, shape[axis] - i * size)) };
}

/** The order that Transpose puts axes into: reversed where it names none. */
export const permutationOf = (call: NodeCall): readonly number[] =>
  call.attributes.ints('perm') ?? [...call.shape(0).keys()].reverse();

/** Elements that Pad puts before and behind each axis; negative where it cuts. */
export function padsOf(call: NodeCall): { before: number[]; after: number[] } {
  const rank = call.shape(0).length;
  const pads = call.attributes.ints('pads') ?? call.attributes.ints('paddings') ?? call.numbers(1, 'its pads') ?? [];
  const axes = call.numbers(3, 'its axes')?.map((axis) => axisOf(axis, rank)) ?? [...Array(rank).keys()];
  const [before, after] = [new Array<number>(rank).fill(0), new Array<number>(rank).fill(0)];
  axes.forEach((axis, i) => {
    before[axis] = pads[i];
    after[axis] = pads[i + axes.length];
  });
  return { before, after };
}
