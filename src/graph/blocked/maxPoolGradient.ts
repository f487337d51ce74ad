import type { Graph, Shape, Value } from '../graph.js';
import { asChannels, blockedNode, blockOf, memoryAs, storedShape } from './layout.js';
import { weave } from './phases.js';

/** Windows of a pooling along one axis. */
export interface PoolWindows {
  readonly side: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Border before and behind. */
  readonly before: number;
  readonly reached: number;
  readonly count: number;
}

/**
 * Differences from the maximum are multiplied by this and cut off at 1: less than 1e-24 counts as partly equal, and numbers beyond 2^47 as unlike
 * each other. A power of two, so that equal numbers give exactly 0.
 */
const steepness = 2 ** 80;

/**
 * Gradient of a max pooling on channels in blocks: to the first position, row by row, that holds its window's maximum (PyTorch's choice on ties). The
 * maximum of a window is that of its rows' maxima, so that each axis can be taken for itself: first the rows of a window compete, then the
 * columns within each row. A competition is a depthwise convolution that subtracts what stands at one offset of the window from the maximum and ends
 * with Clip, 0 where both are equal, and a product with what is left of the gradient; so nothing needs indices, a scatter or a condition, and all
 * of it runs on all threads.
 * @param x [N, C, H, W] @param pooled and its gradient [N, C, H', W'], all blocked
 */
export function maxPoolGradient(
  graph: Graph,
  x: Value,
  pooled: Value,
  gradient: Value,
  [vertical, horizontal]: readonly [PoolWindows, PoolWindows],
): Value {
  const { kernel, stride, dilation, before, reached, count } = horizontal;
  const shape = [...x.shape.slice(0, 3), count];
  const inRows = blockedNode(graph, 'MaxPool', [x], shape, {
    kernel_shape: [1, kernel],
    strides: [1, stride],
    dilations: [1, dilation],
    pads: [0, before, 0, reached],
  });
  const ofRows = alongAxis(graph, inRows, pooled, gradient, vertical, 0);
  return alongAxis(graph, x, inRows, ofRows, horizontal, 1);
}

/** Gradient of the maxima along one axis. @param axis 0 for rows, 1 for columns */
function alongAxis(graph: Graph, x: Value, maxima: Value, gradient: Value, windows: PoolWindows, axis: number): Value {
  const { kernel, stride, dilation, before, reached } = windows;
  const { shape, layout } = maxima;
  const [, c] = storedShape(shape, layout);
  const along = (length: number, other: number) => (axis === 0 ? [length, other] : [other, length]);
  const steep = graph.node('Mul', [maxima, graph.scalar(steepness)], shape, {}, { layout });
  let remaining = gradient;
  const parts: Value[] = [];
  for (let offset = 0; offset < kernel - 1; offset++) {
    const place = Array.from({ length: kernel }, (_, i) => (i === offset ? -steepness : 0));
    const inputs = [x, depthwiseFilter(graph, c, place, along(kernel, 1)), null, steep];
    const below = blockedNode(graph, 'Conv', inputs, shape, {
      kernel_shape: along(kernel, 1),
      strides: along(stride, 1),
      dilations: along(dilation, 1),
      pads: [...along(before, 0), ...along(reached, 0)],
      group: c,
      activation: 'Clip',
      activation_params: { floats: [0, 1] },
    });
    const rest = graph.node(
      'Mul',
      [remaining, borderLoses(graph, below, windows, offset, axis)],
      shape,
      {},
      { layout },
    );
    parts.push(graph.node('Sub', [remaining, rest], shape, {}, { layout }));
    remaining = rest;
  }
  return placeParts(graph, [...parts, remaining], x.shape, windows, axis);
}

/** Ones where a window's offset lies in the border, whose zeros would else compete. */
function borderLoses(graph: Graph, below: Value, windows: PoolWindows, offset: number, axis: number): Value {
  const { side, stride, dilation, before, count } = windows;
  const outside = Float32Array.from({ length: count }, (_, window) => {
    const position = window * stride + offset * dilation - before;
    return position < 0 || position >= side ? 1 : 0;
  });
  if (outside.every((lost) => lost === 0)) return below;
  const [n, c, h, w] = storedShape(below.shape, below.layout);
  const block = blockOf(graph);
  const length = w * block;
  const [rows, row] = axis === 0 ? [h, 1] : [1, length];
  const values = axis === 0 ? outside : Float32Array.from({ length }, (_, i) => outside[Math.floor(i / block)]);
  const lines = [(n * c) / block, h, length];
  const border = graph.initializer(values, [rows, row]);
  return asChannels(graph, graph.node('Max', [memoryAs(graph, below, lines), border], lines), below.shape);
}

/** Gradients of a window's offsets, in place and added up where windows overlap. */
function placeParts(graph: Graph, parts: readonly Value[], shape: Shape, windows: PoolWindows, axis: number): Value {
  const { side, stride, dilation, before, count } = windows;
  const block = blockOf(graph);
  const length = Math.ceil(side / stride);
  const [n, c, h, w] = shape;
  const partShape = axis === 0 ? [n, c, length, w] : [n, c, h, length];
  const [, stored] = storedShape(shape, parts[0].layout);
  // Positions stride * q + phase get the gradients of windows q + shift, from those offsets where that is a whole number.
  const phases = Array.from({ length: stride }, (_, phase) => {
    const terms = parts.flatMap((part, offset) => {
      const shift = (phase + before - offset * dilation) / stride;
      return Number.isInteger(shift) ? [{ part, shift }] : [];
    });
    const inPlace = terms.findIndex(({ shift }) => shift === 0 && length === count);
    let sum = terms[inPlace]?.part;
    for (const [i, { part, shift }] of terms.entries())
      if (i !== inPlace) sum = shifted(graph, part, shift, partShape, axis, sum);
    return sum;
  });
  const inner = axis === 0 ? w * block : block;
  const lines = axis === 0 ? (n * stored) / block : ((n * stored) / block) * h;
  const asLines = phases.map((phase) => phase && memoryAs(graph, phase, [lines, length, inner]));
  const woven = weave(graph, asLines, [lines, length, inner])!;
  const whole = axis === 0 ? [n, c, length * stride, w] : [n, c, h, length * stride];
  if (length * stride === side) return asChannels(graph, woven, whole);
  const line = length * stride * inner;
  const bounds = [[0], [side * inner], [1]].map((values) => graph.integers(values));
  const cut = graph.node('Slice', [memoryAs(graph, woven, [lines, line]), ...bounds], [lines, side * inner]);
  return asChannels(graph, cut, shape);
}

/** Part q + shift at q, zeros where there is none, and `sum` added. */
function shifted(graph: Graph, part: Value, shift: number, shape: Shape, axis: number, sum: Value | undefined): Value {
  const [, c] = storedShape(part.shape, part.layout);
  const along = (length: number, other: number) => (axis === 0 ? [length, other] : [other, length]);
  const [length, count] = [shape[axis + 2], part.shape[axis + 2]];
  const padBefore = Math.max(0, -shift);
  const kernel = Math.max(Math.max(0, shift) + 1, count + padBefore - length + 1);
  const place = Array.from({ length: kernel }, (_, i) => (i === Math.max(0, shift) ? 1 : 0));
  const inputs = [part, depthwiseFilter(graph, c, place, along(kernel, 1)), ...(sum ? [null, sum] : [])];
  return blockedNode(graph, 'Conv', inputs, shape, {
    kernel_shape: along(kernel, 1),
    pads: [...along(padBefore, 0), ...along(length - count - padBefore + kernel - 1, 0)],
    group: c,
  });
}

/** The same kernel for each of `channels`, stored. @param sides of the kernel */
function depthwiseFilter(graph: Graph, channels: number, kernel: readonly number[], sides: readonly number[]): Value {
  const block = blockOf(graph);
  const ofBlock = kernel.flatMap((value) => Array<number>(block).fill(value));
  const values = Float32Array.from({ length: channels * kernel.length }, (_, i) => ofBlock[i % ofBlock.length]);
  return graph.initializer(values, [channels, 1, ...sides]);
}
