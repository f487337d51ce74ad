import { requireDistinct, requireInteger, requireSome } from '../../../checks.js';
import { fitShapes } from '../../fitShapes.js';
import type { Graph, Operator, Shape, Value } from '../../graph.js';
import { type Passes, passesOver } from '../elementwise/passes.js';

/** Attributes of operators that make one number of those along some axes. */
export interface ReductionAttributes {
  /** From 0, or from -1 counted from the end. */
  readonly axes: readonly number[];
  /** Keeps the axes with side 1. */
  readonly keepAxes: boolean;
}

/** What the gradient of a reduction is made from; y and its gradient d have side 1 along the axes. */
export interface ReductionCall {
  readonly x: Value;
  readonly y: Value;
  readonly d: Value;
  readonly axes: readonly number[];
  /** How many numbers make one. */
  readonly count: number;
}

/** An operator that makes one number of those along some axes. */
export interface Reduction {
  readonly name: string;
  /** Result with side 1 along the axes. */
  forward(graph: Graph, x: Value, axes: readonly number[]): Value;
  /** Gradient of x. `on` appends nodes of x's shape, `onKept` those of y's. */
  backward(on: Passes, onKept: Passes, call: ReductionCall, graph: Graph): Value;
}

/** The differentiable operator. */
export function reduction({ name, forward, backward }: Reduction): Operator<ReductionAttributes> {
  return {
    name,
    lower(graph, [x], attributes, saved) {
      const axes = requireAxes(name, x, attributes);
      saved.kept = forward(graph, x, axes);
      return dropAxes(graph, saved.kept, axes, attributes);
    },
    gradient(graph, { inputs: [x], outputGradient, attributes, saved: { kept } }) {
      const axes = requireAxes(name, x, attributes);
      const call = {
        x,
        y: kept,
        d: restoreAxes(graph, outputGradient, axes, attributes, kept.shape),
        axes,
        count: axes.reduce((product, axis) => product * x.shape[axis], 1),
      };
      return [backward(passesOver(graph, x), passesOver(graph, kept), call, graph)];
    },
  };
}

/** The axes from 0, in order. @throws LesionlabError kind `usage` where one is none of x, or stands twice */
export function requireAxes(name: string, x: Value, { axes }: Pick<ReductionAttributes, 'axes'>): number[] {
  fitShapes(name, { input: [x, '...'] });
  requireSome(`${name}, axes`, axes, 'axis');
  const found = axes.map((axis, i) => requireAxis(`${name}, axes[${i}]`, axis, x));
  requireDistinct(`${name}, axes`, found);
  return found.sort((a, b) => a - b);
}

/** An axis from 0 of one that may be counted from the end. @throws LesionlabError kind `usage` where it is none of x */
export function requireAxis(name: string, axis: number, { shape }: Value): number {
  requireInteger(name, axis, { min: -shape.length, max: shape.length - 1 });
  return axis < 0 ? axis + shape.length : axis;
}

/** Shape with side 1 along some axes. */
export const keptShape = (shape: Shape, axes: readonly number[]): number[] =>
  shape.map((side, axis) => (axes.includes(axis) ? 1 : side));

/** An ONNX reduction that keeps the axes. Only ReduceSum takes them as an input in the operator set that graphs are written in. */
export function reduceNode(graph: Graph, operator: string, x: Value, axes: readonly number[]): Value {
  const shape = keptShape(x.shape, axes);
  if (operator === 'ReduceSum') return graph.node(operator, [x, graph.integers(axes)], shape, { keepdims: 1 });
  return graph.node(operator, [x], shape, { axes, keepdims: 1 });
}

function dropAxes(graph: Graph, kept: Value, axes: readonly number[], { keepAxes }: ReductionAttributes): Value {
  if (keepAxes) return kept;
  const shape = kept.shape.filter((_, axis) => !axes.includes(axis));
  return graph.node('Squeeze', [kept, graph.integers(axes)], shape);
}

function restoreAxes(
  graph: Graph,
  value: Value,
  axes: readonly number[],
  { keepAxes }: ReductionAttributes,
  shape: Shape,
): Value {
  return keepAxes ? value : graph.node('Unsqueeze', [value, graph.integers(axes)], shape);
}

/** A value with side 1 along some axes, at each place of x. Takes any batch size, whatever the graph was built at. */
export function spread(graph: Graph, kept: Value, x: Value, axes: readonly number[]): Value {
  const shape = axes.includes(0) ? graph.node('Shape', [x], [x.shape.length], {}, { type: 'int64' }) : undefined;
  // Expand leaves a side alone where 1 is asked for.
  const sides = graph.integers(x.shape.map((side, axis) => (axes.includes(axis) ? side : 1)));
  return graph.node('Expand', [kept, shape ?? sides], x.shape);
}
