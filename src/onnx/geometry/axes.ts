import type { NodeCall } from './nodeCall.js';
import { Refusal } from './refusal.js';

/** An axis counted from the front. @throws Refusal for one that isn't there */
export function axisOf(axis: number, rank: number): number {
  const found = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(found) || found < 0 || found >= rank)
    throw new Refusal(`names axis ${axis} of a tensor with ${rank} axes`);
  return found;
}

/** Axes of a reduction: named by an attribute or an input, all where none is named; undefined where nothing is reduced. */
export function reducedAxes(call: NodeCall): readonly number[] | undefined {
  const rank = call.shape(0).length;
  const named = call.integers('axes', 1);
  if (named && named.length > 0) return [...new Set(named.map((axis) => axisOf(axis, rank)))].sort((a, b) => a - b);
  if (call.attributes.flag('noop_with_empty_axes')) return undefined;
  return Array.from({ length: rank }, (_, axis) => axis);
}

/** The shape that a reduction leaves. */
export const reducedShape = (shape: readonly number[], axes: readonly number[], keep: boolean): number[] =>
  keep ? shape.map((side, i) => (axes.includes(i) ? 1 : side)) : shape.filter((_, i) => !axes.includes(i));

/** The shape of two tensors that are broadcast to each other. @throws Refusal where they can't be */
export function broadcastShape(...shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(0, ...shapes.map(({ length }) => length));
  return Array.from({ length: rank }, (_, i) => {
    const sides = shapes.map((shape) => shape[i - rank + shape.length] ?? 1);
    const side = sides.find((found) => found !== 1) ?? 1;
    if (sides.some((found) => found !== 1 && found !== side))
      throw new Refusal(`puts together shapes that don't fit: ${shapes.map((shape) => `[${shape}]`).join(' and ')}`);
    return side;
  });
}
