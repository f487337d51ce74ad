import { elementCount, type Graph, type Value } from '../../graph.js';

/** Channels of zeros behind those of each group: axis 0 or 1 of a value then has groups * width. @returns the value where it has so many */
export function widenGroups(graph: Graph, x: Value, axis: 0 | 1, groups: number, width: number): Value {
  const own = x.shape[axis] / groups;
  if (own === width) return x;
  const [first, rest] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  // The batch is the first axis or part of it: -1 takes any.
  const [rows, length] = [elementCount(first) * groups, elementCount(rest)];
  const split = [rows, own, length];
  const parts = graph.node('Reshape', [x, graph.integers([-1, own, length])], split);
  const pads = graph.integers([0, 0, 0, 0, width - own, 0]);
  const padded = graph.node('Pad', [parts, pads, graph.scalar(0)], [rows, width, length]);
  return rejoin(graph, padded, [...first, groups * width, ...rest]);
}

/** The reverse along axis 1: the first `width` channels of each group. */
export function narrowGroups(graph: Graph, x: Value, groups: number, width: number): Value {
  const [n, channels, ...rest] = x.shape;
  if (channels === groups * width) return x;
  const split = [n * groups, channels / groups, elementCount(rest)];
  const parts = graph.node('Reshape', [x, graph.integers([-1, ...split.slice(1)])], split);
  const bounds = [[0], [width], [1]].map((values) => graph.integers(values));
  const cut = graph.node('Slice', [parts, ...bounds], [split[0], width, split[2]]);
  return rejoin(graph, cut, [n, groups * width, ...rest]);
}

const rejoin = (graph: Graph, x: Value, shape: readonly number[]): Value =>
  graph.node('Reshape', [x, graph.integers([-1, ...shape.slice(1)])], shape);
