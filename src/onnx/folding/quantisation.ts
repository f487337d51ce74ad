import { elementCount } from '../../graph/graph.js';
import { axisOf } from '../geometry/axes.js';
import type { NodeCall } from '../geometry/nodeCall.js';
import { Refusal } from '../geometry/refusal.js';
import { makeConstant, numbersOf } from '../mirror/tensorTypes.js';
import type { Folds } from './fold.js';

/** For each element, the place of its scale: one for all, one along an axis, or one a block of an axis. */
function scalePlaces(call: NodeCall): (i: number) => number {
  const [shape, scales] = [call.shape(0), call.shape(1)];
  if (elementCount(scales) === 1) return () => 0;
  const axis = axisOf(call.attributes.int('axis', 1), shape.length);
  const inner = elementCount(shape.slice(axis + 1));
  if (scales.length === 1) return (i) => Math.floor(i / inner) % shape[axis];
  const block = call.attributes.int('block_size', 0);
  if (scales.length !== shape.length || block < 1) throw new Refusal('has scales that fit no axis of its input');
  return (i) => {
    const row = Math.floor(i / inner);
    const [outer, at] = [Math.floor(row / shape[axis]), row % shape[axis]];
    return (outer * scales[axis] + Math.floor(at / block)) * inner + (i % inner);
  };
}

/** 8-bit weights back to floating-point numbers. */
export const quantisation: Folds = {
  DequantizeLinear: (call) => {
    const [source, scale] = [call.constant(0), call.constant(1)];
    const [numbers, scales] = [numbersOf(source), numbersOf(scale)];
    const zeros = call.has(2) ? numbersOf(call.constant(2)) : undefined;
    const placeOf = scalePlaces(call);
    const found = Float32Array.from(numbers, (number, i) => {
      const place = placeOf(i);
      return (number - (zeros?.[place] ?? 0)) * scales[place];
    });
    return makeConstant(scale.type, found, source.shape);
  },
};
