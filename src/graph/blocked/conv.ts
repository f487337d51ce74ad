import { elementCount, type Graph, type Shape, toPlain, type Value } from '../graph.js';
import { scaleChannels } from './channelSums.js';
import {
  asChannels,
  blockedNode,
  blockOf,
  interleave,
  memoryAs,
  roundUp,
  storedShape,
  swapOuter,
  toBlocked,
} from './layout.js';

export interface BlockedConvAttributes {
  readonly stride: number;
  readonly padding: number;
  /** One kernel a channel. */
  readonly depthwise: boolean;
}

/** A convolution's input as its kernel wants it: fewer channels than a block stay as they are (images). */
export const convInput = (graph: Graph, x: Value): Value =>
  x.shape[1] < blockOf(graph) ? toPlain(graph, x) : toBlocked(graph, x);

/** Convolution with a stored filter (`toFilter`). @param shift [O filled up] @param shape [N, O, H', W'] */
export function blockedConv(
  graph: Graph,
  x: Value,
  filter: Value,
  shift: Value,
  shape: Shape,
  { stride, padding, depthwise }: BlockedConvAttributes,
): Value {
  const k = filter.shape[2];
  return blockedNode(graph, 'Conv', [convInput(graph, x), filter, shift], shape, {
    kernel_shape: [k, k],
    strides: [stride, stride],
    pads: [padding, padding, padding, padding],
    group: depthwise ? roundUp(shape[1], blockOf(graph)) : 1,
  });
}

export interface InputGradientOptions extends BlockedConvAttributes {
  /** [O filled up]: the output's gradient is this times `gradient`. It goes into the filter. */
  readonly scale?: Value;
  /** An earlier gradient of the input, to be added (stride 1; else the caller adds). */
  readonly earlier?: Value;
}

/**
 * Gradient of a convolution's input: a convolution of the output's gradient with the filters turned by half a circle and their
 * two axes swapped. With a stride s, input positions fall into s * s phases, and each phase is a convolution with every s-th row
 * and column of the kernel, without any zeros in between.
 * @param gradient blocked [N, O, H', W'] @param filter stored
 */
export function blockedInputGradient(
  graph: Graph,
  gradient: Value,
  filter: Value,
  inputShape: Shape,
  options: InputGradientOptions,
): Value {
  const { stride, padding, depthwise, scale, earlier } = options;
  const block = blockOf(graph);
  const [n, c, height, width] = inputShape;
  const k = filter.shape[2];
  const kernels = swapFilter(graph, filter, depthwise, scale);
  const [, , gradientHeight, gradientWidth] = gradient.shape;
  const sides = [Math.ceil(height / stride), Math.ceil(width / stride)];
  const taps = Array.from({ length: stride }, (_, phase) => phaseTaps(k, stride, padding, phase));

  const phase = (rows: PhaseTaps, columns: PhaseTaps, sum?: Value): Value | undefined => {
    const [a, b] = [rows.offsets.length, columns.offsets.length];
    if (a === 0 || b === 0) return undefined;
    const indices = rows.offsets.flatMap((i) => columns.offsets.map((j) => i * k + j));
    const pads = [rows.before, columns.before, sides[0] - gradientHeight + a - 1 - rows.before];
    const inputs = [gradient, kernels(indices, [a, b]), ...(sum ? [null, sum] : [])];
    return blockedNode(graph, 'Conv', inputs, [n, c, ...sides], {
      kernel_shape: [a, b],
      pads: [...pads, sides[1] - gradientWidth + b - 1 - columns.before],
      group: depthwise ? roundUp(c, block) : 1,
    });
  };
  if (stride === 1) return phase(taps[0], taps[0], earlier)!;

  const [, channels] = storedShape(inputShape, { kind: 'channels', block });
  const planes = (n * channels) / block;
  const line = sides[1] * block;
  const rows = taps.map((rowTaps) => {
    const found = taps.map((columnTaps) => phase(rowTaps, columnTaps));
    const parts = found.map((part) => part && memoryAs(graph, part, [planes * sides[0], sides[1], block]));
    return weave(graph, parts, [planes * sides[0], sides[1], block]);
  });
  const lines = rows.map((row) => row && memoryAs(graph, row, [planes, sides[0], stride * line]));
  const whole = weave(graph, lines, [planes, sides[0], stride * line])!;
  const woven = sides.map((side) => side * stride);
  const cut =
    woven[0] === height && woven[1] === width
      ? whole
      : graph.node(
          'Slice',
          [
            memoryAs(graph, whole, [planes, woven[0], woven[1] * block]),
            ...[
              [0, 0],
              [height, width * block],
              [1, 2],
            ].map((v) => graph.integers(v)),
          ],
          [planes, height, width * block],
        );
  const result = asChannels(graph, cut, inputShape);
  return earlier ? graph.node('Add', [result, earlier], inputShape, {}, { layout: result.layout }) : result;
}

/** s parts [A, B, length] as [A, B, s, length]; parts that are missing are zeros, and undefined where all are. */
function weave(graph: Graph, parts: readonly (Value | undefined)[], [a, b, length]: Shape): Value | undefined {
  const shape = [a, b, parts.length * length];
  const missing = parts.findIndex((part) => !part);
  if (missing < 0) return graph.node('Concat', parts as Value[], shape, { axis: 2 });
  if (missing === 0) return undefined;
  const found = parts.slice(0, missing) as Value[];
  const some = found.length === 1 ? found[0] : graph.node('Concat', found, [a, b, missing * length], { axis: 2 });
  const pads = graph.integers([0, 0, 0, 0, 0, (parts.length - missing) * length]);
  return graph.node('Pad', [some, pads, graph.scalar(0)], shape);
}

interface PhaseTaps {
  /** Rows of the kernel, in the order in which the turned kernel has them. */
  readonly offsets: readonly number[];
  /** Zeros before the gradient. */
  readonly before: number;
}

/**
 * Input row s q + phase gets W[i] dY[(s q + phase + p - i) / s] from the rows i = r, r + s, ... of the kernel, with
 * r = (phase + p) mod s: a convolution over q. Turned, its rows are the i from last to first.
 */
function phaseTaps(k: number, stride: number, padding: number, phase: number): PhaseTaps {
  const first = (phase + padding) % stride;
  const offsets: number[] = [];
  for (let i = first; i < k; i += stride) offsets.unshift(i);
  return { offsets, before: offsets.length - 1 - (phase + padding - first) / stride };
}

/** @returns gives the swapped filter with some taps of its kernels: stored [C, O, a, b] */
function swapFilter(graph: Graph, filter: Value, depthwise: boolean, scale?: Value) {
  const block = blockOf(graph);
  const [o, c, k] = storedShape(filter.shape, filter.layout);
  const taps = k * k;
  const scaled = scale ? scaleOutputs(graph, filter, scale) : filter;
  const length = depthwise ? block : block * block;
  let swapped: Value;
  if (depthwise) swapped = memoryAs(graph, scaled, [o / block, taps, length]);
  else if (filter.layout?.kind === 'filter') {
    const turned = interleave(graph, scaled, [(o / block) * (c / block) * taps, block]);
    const swappedBlocks = swapOuter(graph, turned, [o / block, c / block, taps * length]);
    swapped = memoryAs(graph, swappedBlocks, [(c / block) * (o / block), taps, length]);
  } else throw new Error('The gradient of fewer input channels than a block is not built');
  return (indices: readonly number[], [a, b]: readonly [number, number]): Value => {
    const whole = indices.length === taps && indices.every((index, i) => index === i);
    const shape = depthwise ? [o, 1, a, b] : [c, o, a, b];
    const groups = swapped.shape[0];
    const chosen = whole
      ? swapped
      : graph.node('Gather', [swapped, graph.integers(indices)], [groups, indices.length, length], { axis: 1 });
    return memoryAs(graph, chosen, shape);
  };
}

/** A stored filter, or memory in its order, times one number an output channel: in memory it is an image of these channels. */
export function scaleOutputs(graph: Graph, filter: Value, scale: Value): Value {
  const [o] = scale.shape;
  const pixels = elementCount(storedShape(filter.shape, filter.layout)) / o;
  return scaleChannels(graph, asChannels(graph, filter, [1, o, pixels, 1]), scale);
}
