import {
  concat,
  depthToSpace,
  expand,
  gather,
  pad,
  slice,
  spaceToDepth,
  transpose,
  type Value,
} from '../../graph/index.js';
import { axisOf } from '../geometry/axes.js';
import { inNewBatch, openBatch } from '../geometry/rebatchedShape.js';
import { Refusal } from '../geometry/refusal.js';
import { expandedShape, newShapes, padsOf, permutationOf, slicesOf, splitOf } from '../geometry/shapes.js';
import { numbersOf } from '../mirror/tensorTypes.js';
import type { OnnxOperator, OperatorCall } from './operatorCall.js';

const reshaping = (operator: string): OnnxOperator => ({
  operator,
  becomes: 'reshape',
  ...(operator === 'Reshape' && { remark: 'To a shape that is known once the size of the input is.' }),
  build: (call) => call.reshape(call.value(0), newShapes[operator](call)),
});

/** A piece of one axis. */
export const cut = (call: OperatorCall, x: Value, axis: number, start: number, end: number): Value =>
  start === 0 && end === x.shape[axis] ? x : call.apply(slice, [x], { starts: [start], ends: [end], axes: [axis] });

/** What moves numbers and changes none. */
export const arrangement: readonly OnnxOperator[] = [
  ...['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze'].map(reshaping),
  {
    operator: 'Transpose',
    becomes: 'transpose',
    build: (call) => {
      const permutation = permutationOf(call);
      const x = call.value(0);
      return permutation.every((axis, i) => axis === i) ? x : call.apply(transpose, [x], { permutation });
    },
  },
  {
    operator: 'Expand',
    becomes: 'expand',
    build: (call) => {
      const x = call.value(0);
      const shape = expandedShape(call);
      return `${shape}` === `${x.shape}` ? x : call.apply(expand, [x], { shape });
    },
  },
  {
    operator: 'Concat',
    becomes: 'concat',
    build: (call) => {
      const axis = axisOf(call.attributes.int('axis', 1), call.shape(0).length);
      // Some exporters join nothing to something.
      const isNothing = call.inputs.some((tensor) => tensor?.shape[axis] === 0);
      const parts = call.inputs.flatMap((tensor, i) => (tensor?.shape[axis] === 0 ? [] : [call.value(i)]));
      const inputs = axis === 0 || isNothing ? parts : call.fitBatch(parts, 'spread');
      return inputs.length === 1 ? inputs[0] : call.apply(concat, inputs, { axis });
    },
  },
  {
    operator: 'Slice',
    becomes: 'slice',
    build: (call) => {
      const x = call.value(0);
      const all = slicesOf(call);
      if (all.some(({ count }, axis) => call.isOfBatch(axis) && count !== call.shape(0)[axis]))
        throw new Refusal('takes some images of a batch, which was another one', openBatch);
      if (all.some(({ count }) => count === 0)) return call.nothing(all.map(({ count }) => count));
      const slices = all.flatMap(({ start, step, count }, axis) =>
        start === 0 && step === 1 && count === x.shape[axis]
          ? []
          : [{ axis, start, step, end: start + count * step, count }],
      );
      if (slices.length === 0) return x;
      return call.apply(slice, [x], {
        starts: slices.map(({ start }) => start),
        // Backwards to the first element: an end before it, which -1 is not.
        ends: slices.map(({ end }) => (end < 0 ? -(2 ** 31) : end)),
        axes: slices.map(({ axis }) => axis),
        steps: slices.map(({ step }) => step),
      });
    },
  },
  {
    operator: 'Split',
    becomes: 'slice',
    build: (call) => {
      const { axis, sizes } = splitOf(call);
      const x = call.value(0);
      let start = 0;
      return sizes.map((size) => {
        start += size;
        if (size === 0) return call.nothing(x.shape.map((side, i) => (i === axis ? 0 : side)));
        return cut(call, x, axis, start - size, start);
      });
    },
  },
  {
    operator: 'Gather',
    becomes: 'gather, slice, reshape',
    remark: 'With indices that are constants.',
    build: (call) => {
      const indices = call.constant(1, 'indices');
      const x = call.value(0, 'weight');
      const axis = axisOf(call.attributes.int('axis', 0), x.shape.length);
      const places = Array.from(numbersOf(indices), (index) => (index < 0 ? index + x.shape[axis] : index));
      const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
      if (call.isOfBatch(axis)) {
        // All of an axis in its order, whatever shape it gets, is all of it for any batch.
        const whole =
          places.every((place, i) => place === i) && places.length === call.fixedBatch?.inputs[0]?.shape[axis];
        const rebatched = whole ? inNewBatch(call) : undefined;
        if (!rebatched) throw new Refusal('takes some images of a batch, which was another one', openBatch);
        return call.reshape(x, rebatched);
      }
      const isRun = places.length > 0 && places.every((place, i) => place === places[0] + i);
      if (isRun) return call.reshape(cut(call, x, axis, places[0], places[0] + places.length), shape);
      return call.apply(gather, [x], { indices: places, indexShape: indices.shape, axis });
    },
  },
  {
    operator: 'Pad',
    becomes: 'pad',
    build: (call) => {
      const { before, after } = padsOf(call);
      const mode = call.attributes.string('mode', 'constant');
      const value = call.attributes.has('value') ? call.attributes.float('value', 0) : (call.number(2) ?? 0);
      if (mode !== 'constant' && mode !== 'reflect' && mode !== 'edge') throw new Refusal(`pads in the mode "${mode}"`);
      const x = call.value(0);
      if ([...before, ...after].every((side) => side === 0)) return x;
      return call.apply(pad, [x], { before, after, mode, value });
    },
  },
  {
    operator: 'Tile',
    becomes: 'expand, reshape',
    build: (call) => {
      const x = call.value(0);
      const repeats = call.numbers(1, 'how often it repeats') ?? [];
      const columns = x.shape.flatMap((side) => [1, side]);
      const spread = x.shape.flatMap((side, i) => [repeats[i], side]);
      if (repeats.every((count) => count === 1)) return x;
      const wide = call.apply(expand, [call.reshape(x, columns)], { shape: spread });
      return call.reshape(
        wide,
        x.shape.map((side, i) => side * repeats[i]),
      );
    },
  },
  {
    operator: 'DepthToSpace',
    becomes: 'depthToSpace',
    build: (call) => {
      const mode = call.attributes.string('mode', 'DCR') === 'CRD' ? 'CRD' : 'DCR';
      return call.apply(depthToSpace, [call.value(0)], { block: call.attributes.int('blocksize', 1), mode });
    },
  },
  {
    operator: 'SpaceToDepth',
    becomes: 'spaceToDepth',
    build: (call) => call.apply(spaceToDepth, [call.value(0)], { block: call.attributes.int('blocksize', 1) }),
  },
];
