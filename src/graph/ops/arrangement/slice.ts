import { requireDistinct, requireInteger, requireLength, unexpected, Words } from '../../../checks.js';
import type { Graph, Operator, Shape, Stretch, Value } from '../../graph.js';
import { padAxis } from '../../padAxis.js';
import { reshapeTo } from '../../reshapeTo.js';

/** Attributes of `slice`: ONNX's Slice. */
export interface SliceAttributes {
  /** First position of each axis; negative ones count from the end, and what lies outside is moved to the edge. */
  readonly starts: readonly number[];
  /** Where each axis stops, itself left out. */
  readonly ends: readonly number[];
  /** Which axes; default the first ones. */
  readonly axes?: readonly number[];
  /** Default 1; negative ones go backwards. */
  readonly steps?: readonly number[];
}

/** Positions `start`, `start + step`, ... of an axis, `count` of them. */
interface Cut {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** Every so many of the positions of some axes. */
export const slice: Operator<SliceAttributes> = {
  name: 'slice',
  lower(graph, [x], attributes) {
    const cuts = cutsOf(x.shape, attributes);
    const shape = x.shape.map((side, axis) => cuts.find((cut) => cut.axis === axis)?.count ?? side);
    // A value of its own: gradients are kept by name.
    if (cuts.length === 0) return graph.node('Identity', [x], shape, {}, { type: x.type });
    // What goes backwards is cut out forwards and then turned round: onnxruntime's WebGPU device is wrong at steps below -1.
    const bounds = cuts.map(({ start, step, count }) => {
      const last = start + step * (count - 1);
      return [Math.min(start, last), Math.max(start, last) + 1];
    });
    const lists = [0, 1].map((side) => bounds.map((bound) => bound[side]));
    const rest = [cuts.map(({ axis }) => axis), cuts.map(({ step }) => Math.abs(step))];
    const inputs = [x, ...[...lists, ...rest].map((list) => graph.integers(list))];
    const forwards = graph.node('Slice', inputs, shape, {}, { type: x.type });
    const backwards = cuts.filter(({ step, count }) => step < 0 && count > 1).map(({ axis }) => axis);
    return turnRound(graph, forwards, backwards);
  },
  gradient(graph, { inputs: [x], outputGradient, attributes }) {
    const cuts = cutsOf(x.shape, attributes).map((cut) => ({ ...cut, side: x.shape[cut.axis] }));
    const last = cuts.pop();
    if (!last) return [outputGradient];
    const rest = cuts.reduce((gradient, cut) => {
      const { part, axis, start } = stretchOf(graph, gradient, cut);
      return padAxis(graph, part, axis, start, cut.side - start - part.shape[axis]);
    }, outputGradient);
    return [stretchOf(graph, rest, last)];
  },
};

/** The cuts that take something off, or turn something round. */
function cutsOf(shape: Shape, { starts, ends, axes, steps }: SliceAttributes): Cut[] {
  requireLength('slice, ends', ends, starts?.length, 'as many as starts');
  if (axes) requireLength('slice, axes', axes, starts.length, 'as many as starts');
  if (steps) requireLength('slice, steps', steps, starts.length, 'as many as starts');
  const rank = shape.length;
  const named = starts.map((_, i) =>
    requireInteger(`slice, axes[${i}]`, axes?.[i] ?? i, { min: -rank, max: rank - 1 }),
  );
  const places = named.map((axis) => (axis < 0 ? axis + rank : axis));
  requireDistinct('slice, axes', places);
  return places.flatMap((axis, i) => {
    const side = shape[axis];
    const step = requireInteger(`slice, steps[${i}]`, steps?.[i] ?? 1);
    if (step === 0) throw unexpected(`slice, steps[${i}]`, 'a whole number other than 0', 0);
    const within = (name: string, position: number, low: number, high: number) => {
      // ONNX writes "to the end" as the largest integer, which is no safe one here.
      if (typeof position !== 'number' || Math.round(position) !== position)
        throw unexpected(`slice, ${name}[${i}]`, 'a whole number', position);
      return Math.min(Math.max(position < 0 ? position + side : position, low), high);
    };
    const [low, high] = step > 0 ? [0, side] : [-1, side - 1];
    const start = within('starts', starts[i], Math.max(low, 0), high);
    const end = within('ends', ends[i], low, high);
    const count = Math.ceil((end - start) / step);
    if (count < 1) {
      const found = new Words(`from ${starts[i]} to ${ends[i]} by ${step}`);
      throw unexpected(`slice, axis ${axis}`, `at least one of its ${side} positions`, found);
    }
    return step === 1 && count === side ? [] : [{ axis, start, step, count }];
  });
}

/** The gradient along one axis, from the first position that was taken to the last, with zeros where none was in between. */
function stretchOf(graph: Graph, gradient: Value, { axis, start, step, count }: Cut): Stretch {
  const forwards = step > 0 || count === 1 ? gradient : turnRound(graph, gradient, [axis]);
  const part = weaveZeros(graph, forwards, axis, Math.abs(step));
  return { part, axis, start: Math.min(start, start + step * (count - 1)) };
}

/** Axes back to front. */
function turnRound(graph: Graph, x: Value, axes: readonly number[]): Value {
  if (axes.length === 0) return x;
  // The end is a number before the first position: -1 would be the last.
  const bounds = [axes.map((axis) => x.shape[axis] - 1), axes.map(() => -(2 ** 31)), axes, axes.map(() => -1)];
  const inputs = [x, ...bounds.map((list) => graph.integers(list))];
  return graph.node('Slice', inputs, x.shape, {}, { type: x.type });
}

/** `step - 1` zeros between the positions of an axis: zeros beside each, and those behind the last cut off. */
function weaveZeros(graph: Graph, x: Value, axis: number, step: number): Value {
  const count = x.shape[axis];
  if (step === 1 || count === 1) return x;
  const [before, behind] = [x.shape.slice(0, axis + 1), x.shape.slice(axis + 1)];
  const columns = reshapeTo(graph, x, [...before, 1, ...behind]);
  const padded = reshapeTo(graph, padAxis(graph, columns, axis + 1, 0, step - 1), [
    ...before.slice(0, -1),
    count * step,
    ...behind,
  ]);
  const length = (count - 1) * step + 1;
  const bounds = [[0], [length], [axis]].map((list) => graph.integers(list));
  return graph.node('Slice', [padded, ...bounds], [...before.slice(0, -1), length, ...behind]);
}
