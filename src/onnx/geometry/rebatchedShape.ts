import type { NodeCall } from './nodeCall.js';
import { Refusal } from './refusal.js';

/** What to do about a file that holds the batch that it was exported for. */
export const openBatch = 'Export it with an open batch (dynamic_axes or dynamic_shapes).';

const product = (sides: readonly number[]): number => sides.reduce((found, side) => found * side, 1);

/**
 * The shape that a Reshape gives for another batch than its file was exported for: a target that holds the old batch gets the new one where
 * the batch lies. Undefined where nothing is to be changed.
 * @throws Refusal where it can't be told which side holds the batch
 */
export function rebatchedShape(call: NodeCall, target: readonly number[]): number[] | undefined {
  // Sizes that are computed from the input follow it by themselves.
  const written = call.fixedBatch?.inputs[1]?.constant?.data;
  if (written && target.some((side, i) => side !== Number(written[i]))) return undefined;
  return inNewBatch(call);
}

/** The shape that a node gives whose elements stay in their order. @throws as `rebatchedShape` */
export function inNewBatch(call: NodeCall): number[] | undefined {
  const { fixedBatch } = call;
  const [before, after, out] = [fixedBatch?.inputs[0]?.shape, call.shape(0), fixedBatch?.outputShape];
  if (!fixedBatch || !before || !out || before.length !== after.length) return undefined;
  const axes = [...before.keys()].filter((axis) => before[axis] !== after[axis]);
  if (axes.length !== 1) return undefined;
  const [axis] = axes;
  const places = batchPlaces(before, axis, out, fixedBatch.batch);
  if (places.length !== 1)
    throw new Refusal(
      `makes [${out}] of [${before}] for a batch of ${fixedBatch.batch}, which it was exported for`,
      openBatch,
    );
  const ratio = after[axis] / before[axis];
  return out.map((side, i) => (i === places[0] ? side * ratio : side));
}

/** Axes of the result that the batch may lie in, where it lies in an axis of the input, by how far apart neighbours are in both. */
function batchPlaces(from: readonly number[], axis: number, to: readonly number[], batch: number): number[] {
  const [near, extent] = [product(from.slice(axis + 1)), from[axis]];
  const far = near * extent;
  const spans = to.map((side, i) => ({ i, side, start: product(to.slice(i + 1)), end: product(to.slice(i)) }));
  const batches = spans.filter(({ side, start, end }) => side === batch && start >= near && end <= far);
  const same = spans.filter(({ side, start }) => side === extent && start === near);
  const exact = batches.length > 0 ? batches : same;
  // Sides of 1 beside each other: the first is the batch where it was first.
  if (exact.length > 0) return (axis === 0 ? exact.slice(0, 1) : exact).map(({ i }) => i);
  return spans.filter(({ start, end }) => start <= near && end >= far).map(({ i }) => i);
}
