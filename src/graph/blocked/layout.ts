import { type Attributes, blockedDomain, type Graph, type Layout, type Shape, toPlain, type Value } from '../graph.js';

/**
 * Channels in blocks. onnxruntime's CPU kernels for convolution and pooling are fastest where 8 (AVX2) or 16 (AVX-512) channels
 * lie side by side: one vector register holds one pixel's block. onnxruntime rearranges prediction graphs that way by itself, but
 * only where weights are constants, so never in training; training graphs therefore ask for the same operators by name.
 *
 * A value's `shape` stays [N, C, H, W]; `layout` says how it lies in memory. Channels are filled up to whole blocks with zeros. What
 * works element by element works on any layout.
 */
export const roundUp = (count: number, block: number): number => block * Math.ceil(count / block);

/** The shape that onnxruntime sees: channels of whole blocks. */
export function storedShape(shape: Shape, layout: Layout | undefined): Shape {
  if (!layout) return shape;
  const [first, second, ...rest] = shape;
  const { kind, block } = layout;
  if (kind === 'channels') return [first, roundUp(second, block), ...rest];
  return [roundUp(first, block), kind === 'filter' ? roundUp(second, block) : second, ...rest];
}

export const channelLayout = (block: number): Layout => ({ kind: 'channels', block });

/** A node of onnxruntime's operators for blocked values, with a blocked result of this shape. */
export function blockedNode(
  graph: Graph,
  operator: string,
  inputs: readonly (Value | null)[],
  shape: Shape,
  attributes: Attributes = {},
): Value {
  const layout = channelLayout(blockOf(graph));
  return graph.node(operator, inputs, shape, attributes, { domain: blockedDomain, layout });
}

export function blockOf(graph: Graph): number {
  if (graph.channelBlock === undefined) throw new Error('This graph has no channel blocks');
  return graph.channelBlock;
}

/** The numbers of a value as they lie in memory, under another shape. */
export const memoryAs = (graph: Graph, x: Value, shape: Shape): Value =>
  graph.node('Reshape', [x, graph.integers(shape)], shape);

/** Memory that holds blocked channels, as [N, C, H, W]. */
export function asChannels(graph: Graph, memory: Value, shape: Shape): Value {
  const layout = channelLayout(blockOf(graph));
  const stored = storedShape(shape, layout);
  return graph.node('Reshape', [memory, graph.integers(stored)], shape, {}, { layout });
}

/**
 * Rows and columns put around blocked [N, C, H, W], or cut off where they are negative. @param value 0 where channels are filled up, whose
 * zeros must stay
 */
export function padPixels(
  graph: Graph,
  x: Value,
  [top, left]: readonly number[],
  [bottom, right]: readonly number[],
  value: number,
): Value {
  if ([top, left, bottom, right].every((count) => count === 0)) return x;
  const shape = [...x.shape.slice(0, 2), x.shape[2] + top + bottom, x.shape[3] + left + right];
  if (value === 0 && [top, left, bottom, right].every((count) => count >= 0))
    return convolvedPad(graph, x, shape, [top, left, bottom, right]);
  const block = blockOf(graph);
  const [n, channels, h, w] = storedShape(x.shape, x.layout);
  const [height, width] = shape.slice(2);
  const planes = (n * channels) / block;
  const memory = memoryAs(graph, x, [planes, h, w, block]);
  const pads = graph.integers([0, top, left, 0, 0, bottom, right, 0]);
  const padded = graph.node('Pad', [memory, pads, graph.scalar(value)], [planes, height, width, block]);
  return asChannels(graph, padded, shape);
}

/** Zeros around, as a convolution with ones: it runs on all threads, where Pad runs on one. */
function convolvedPad(graph: Graph, x: Value, shape: Shape, pads: readonly number[]): Value {
  const [, c] = storedShape(x.shape, x.layout);
  const ones = memoryAs(graph, vectorOfOnes(graph, c), [c, 1, 1, 1]);
  return blockedNode(graph, 'Conv', [x, ones], shape, { kernel_shape: [1, 1], group: c, pads });
}

export const vectorOfOnes = (graph: Graph, count: number): Value =>
  graph.derive('vector of ones', graph.integers([count]), () =>
    graph.initializer(new Float32Array(count).fill(1), [count]),
  );

/** [N, C, H, W] with its channels in blocks. */
export function toBlocked(graph: Graph, x: Value): Value {
  if (x.layout) return x;
  return graph.derive('blocked', x, () => {
    const block = blockOf(graph);
    const [n, c, h, w] = x.shape;
    const missing = roundUp(c, block) - c;
    const pads = graph.integers([0, 0, 0, 0, 0, missing, 0, 0]);
    const whole = missing ? graph.node('Pad', [x, pads, graph.scalar(0)], [n, c + missing, h, w]) : x;
    return blockedNode(graph, 'ReorderInput', [whole], x.shape);
  });
}

/** A value in the layout of another one. */
export const inLayoutOf = (graph: Graph, x: Value, other: Value): Value =>
  other.layout ? toBlocked(graph, x) : toPlain(graph, x);

/** Blocked [N, C, H, W] with whole channels last, as a matrix [N H W, C filled up]. */
export function channelsLast(graph: Graph, x: Value): Value {
  return graph.derive('channels-last', x, () => {
    const [n, channels, h, w] = storedShape(x.shape, x.layout);
    const attributes = { channels, channels_last: 1 };
    const found = graph.node('ReorderOutput', [x], [n, h, w, channels], attributes, { domain: blockedDomain });
    return memoryAs(graph, found, [n * h * w, channels]);
  });
}

/** The planes of a blocked value in the order of the shape: memory [N, C filled up, H, W]. */
export function plainPlanes(graph: Graph, x: Value): Value {
  const stored = storedShape(x.shape, x.layout);
  if (stored[1] === x.shape[1]) return toPlain(graph, x);
  return graph.node('ReorderOutput', [x], stored, { channels: stored[1] }, { domain: blockedDomain });
}

/** Memory [A, block, B] to [A, B, block]: many small transpositions in one fast pass. */
export function interleave(graph: Graph, memory: Value, [a, b]: readonly [number, number]): Value {
  const block = blockOf(graph);
  const rows = memoryAs(graph, memory, [a, block, b, 1]);
  return graph.node('ReorderInput', [rows], [a, block, b, 1], {}, { domain: blockedDomain });
}

/** Memory [A, S, K * block] to [A, K, S, block]: pieces as long as a block change places, on all threads. */
export function swapChannels(graph: Graph, memory: Value, [a, s, k]: readonly [number, number, number]): Value {
  const block = blockOf(graph);
  const rows = memoryAs(graph, memory, [a, 1, s, k * block]);
  return graph.node('ReorderInput', [rows], [a, k * block, 1, s], { channels_last: 1 }, { domain: blockedDomain });
}

/** Rows of memory [count, length], in this order: [indices, length]. */
export function selectRows(graph: Graph, memory: Value, indices: readonly number[]): Value {
  const [count, length] = memory.shape;
  if (indices.length === count && indices.every((index, i) => index === i)) return memory;
  return graph.node('Gather', [memory, graph.integers(indices)], [indices.length, length], { axis: 0 });
}

/** Memory [A, B, length] to [B, A, length]. */
export function swapOuter(graph: Graph, memory: Value, [a, b, length]: readonly [number, number, number]): Value {
  const rows = memoryAs(graph, memory, [a, b, length]);
  return a === 1 || b === 1 ? rows : graph.node('Transpose', [rows], [b, a, length], { perm: [1, 0, 2] });
}

/** Memory [A, B, C, length] to [A, C, B, length]. */
export function swapInner(
  graph: Graph,
  memory: Value,
  [a, b, c, length]: readonly [number, number, number, number],
): Value {
  if (a === 1) return swapOuter(graph, memory, [b, c, length]);
  const rows = memoryAs(graph, memory, [a, b, c, length]);
  return b === 1 || c === 1 ? rows : graph.node('Transpose', [rows], [a, c, b, length], { perm: [0, 2, 1, 3] });
}
