import { elementCount, gather, where } from '../../graph/index.js';
import { rowPlaces } from '../folding/gathering.js';
import { openBatch } from '../geometry/rebatchedShape.js';
import { Refusal } from '../geometry/refusal.js';
import { numbersOf } from '../mirror/tensorTypes.js';
import type { OnnxOperator, OperatorCall } from './operatorCall.js';

/** What takes numbers from, and puts them at, places along several axes. */
export const byPlaces: readonly OnnxOperator[] = [
  {
    operator: 'GatherND',
    becomes: 'reshape, gather',
    remark: 'With indices that are constants, the same for all images.',
    build: (call) => {
      const indices = placesOf(call);
      if (call.attributes.int('batch_dims', 0) !== 0)
        throw new Refusal('takes other places of each image (batch_dims)', 'Export it so that all take the same.');
      const x = call.value(0, 'weight');
      const depth = indices.shape[indices.shape.length - 1];
      const rest = x.shape.slice(depth);
      const run = elementCount(rest);
      const flat = call.reshape(x, [elementCount(x.shape.slice(0, depth)), ...rest]);
      const rows = rowPlaces(x.shape, indices).map((start) => start / run);
      return call.apply(gather, [flat], { indices: rows, indexShape: indices.shape.slice(0, -1), axis: 0 });
    },
  },
  {
    operator: 'ScatterND',
    becomes: 'where',
    remark: 'With indices and numbers that are constants, in the place of what was there.',
    build: (call) => {
      const indices = placesOf(call);
      const updates = numbersOf(call.constant(2, 'numbers to put there'));
      const reduction = call.attributes.string('reduction', 'none');
      if (reduction !== 'none') throw new Refusal(`joins numbers with what was there (reduction "${reduction}")`);
      const x = call.value(0, 'weight');
      const run = elementCount(x.shape.slice(indices.shape[indices.shape.length - 1]));
      const condition = new Array<boolean>(elementCount(x.shape)).fill(false);
      const put = new Float32Array(condition.length);
      rowPlaces(x.shape, indices).forEach((start, row) => {
        condition.fill(true, start, start + run);
        for (let k = 0; k < run; k++) put[start + k] = updates[row * run + k];
      });
      return call.apply(where, [call.graph.initializer(put, x.shape), x], { condition, conditionShape: x.shape });
    },
  },
];

/** Indices that are known. @throws Refusal where they pick among images of a batch, which was another one */
function placesOf(call: OperatorCall) {
  const indices = call.constant(1, 'indices');
  const depth = indices.shape[indices.shape.length - 1];
  for (let axis = 0; axis < depth; axis++)
    if (call.isOfBatch(axis)) throw new Refusal('takes some images of a batch, which was another one', openBatch);
  return indices;
}
