import type { Graph, Shape, Value } from '../graph.js';
import type { ConvGeometry } from '../slidingWindow.js';
import { scaleOutputs } from './conv.js';
import type { FilterPlan } from './filters.js';
import { asChannels, blockedNode, blockOf, interleave, memoryAs, roundUp, selectRows, storedShape } from './layout.js';
import { weave, zeros } from './phases.js';

export interface InputGradientOptions {
  /** [O filled up]: the output's gradient is this times `gradient`. It goes into the filter. */
  readonly scale?: Value;
  /** An earlier gradient of the input, to be added. */
  readonly earlier?: Value;
}

/**
 * Gradient of a convolution's input: a convolution of the output's gradient with the filters turned by half a circle and their
 * two axes swapped. With a stride s, input positions fall into s phases an axis, and each phase is a convolution with those rows
 * and columns of the kernel that meet it, without any zeros in between.
 * @param gradient blocked [N, O, H', W'] @param filter stored
 */
export function blockedInputGradient(
  graph: Graph,
  gradient: Value,
  filter: Value,
  inputShape: Shape,
  geometry: ConvGeometry,
  plan: FilterPlan,
  { scale, earlier }: InputGradientOptions = {},
): Value {
  const { kernel, stride } = geometry;
  const block = blockOf(graph);
  const [n, c, ...input] = inputShape;
  const kernels = swapFilter(graph, filter, plan, scale);
  const sides = input.map((side, axis) => Math.ceil(side / stride[axis]));
  const taps = stride.map((steps, axis) =>
    Array.from({ length: steps }, (_, phase) =>
      phaseTaps(geometry, axis, phase, sides[axis], gradient.shape[axis + 2]),
    ),
  );

  const phase = (rows: PhaseTaps, columns: PhaseTaps, sum?: Value): Value | undefined => {
    const [a, b] = [rows.offsets.length, columns.offsets.length];
    if (a === 0 || b === 0) return undefined;
    const indices = rows.offsets.flatMap((i) => columns.offsets.map((j) => i * kernel[1] + j));
    const around = [rows.before, columns.before, rows.after, columns.after];
    const seen = cropToSeen(graph, gradient, around);
    if (!seen) return undefined;
    const inputs = [seen, kernels(indices, [a, b]), ...(sum ? [null, sum] : [])];
    return blockedNode(graph, 'Conv', inputs, [n, c, ...sides], {
      kernel_shape: [a, b],
      dilations: [rows.dilation, columns.dilation],
      pads: around.map((count) => Math.max(0, count)),
      group: plan.groups,
    });
  };
  if (stride.every((steps) => steps === 1)) {
    const found = phase(taps[0][0], taps[1][0], earlier);
    if (found) return found;
  }

  const [, channels] = storedShape(inputShape, { kind: 'channels', block });
  const planes = (n * channels) / block;
  const line = sides[1] * block;
  const rows = taps[0].map((rowTaps) => {
    const found = taps[1].map((columnTaps) => phase(rowTaps, columnTaps));
    const parts = found.map((part) => part && memoryAs(graph, part, [planes * sides[0], sides[1], block]));
    return weave(graph, parts, [planes * sides[0], sides[1], block]);
  });
  const lines = rows.map((row) => row && memoryAs(graph, row, [planes, sides[0], stride[1] * line]));
  const woven = sides.map((side, axis) => side * stride[axis]);
  // No place of the window may have seen anything but padding.
  const whole = weave(graph, lines, [planes, sides[0], stride[1] * line]) ?? zeros(graph, [planes, ...woven, block]);
  const wide = asChannels(graph, whole, [n, c, ...woven]);
  const fits = woven.every((side, axis) => side === input[axis]);
  const gradientOfInput = fits ? wide : asChannels(graph, cutPlanes(graph, wide, [0, 0], input), inputShape);
  if (!earlier) return gradientOfInput;
  return graph.node('Add', [gradientOfInput, earlier], inputShape, {}, { layout: gradientOfInput.layout });
}

/**
 * Where padding would be less than none, that many rows and columns at that end are seen by nobody: they are cut off instead.
 * @param pads at the top, left, bottom and right @returns undefined where nothing is left
 */
function cropToSeen(graph: Graph, x: Value, pads: readonly number[]): Value | undefined {
  if (pads.every((count) => count >= 0)) return x;
  const [top, left, bottom, right] = pads.map((count) => Math.max(0, -count));
  const [n, c, h, w] = x.shape;
  const [height, width] = [h - top - bottom, w - left - right];
  if (height < 1 || width < 1) return undefined;
  return asChannels(graph, cutPlanes(graph, x, [top, left], [height, width]), [n, c, height, width]);
}

/** Rows and columns of blocked [N, C, H, W] from a place on: memory [planes, height, width * block]. */
function cutPlanes(graph: Graph, x: Value, [top, left]: Shape, [height, width]: Shape): Value {
  const block = blockOf(graph);
  const [n, c, h, w] = storedShape(x.shape, x.layout);
  const planes = (n * c) / block;
  const bounds = [
    [top, left * block],
    [top + height, (left + width) * block],
    [1, 2],
  ].map((v) => graph.integers(v));
  const rows = memoryAs(graph, x, [planes, h, w * block]);
  return graph.node('Slice', [rows, ...bounds], [planes, height, width * block]);
}

interface PhaseTaps {
  /** Rows of the kernel, in the order in which the turned kernel has them. */
  readonly offsets: readonly number[];
  /** Rows of the gradient from one of them to the next. */
  readonly dilation: number;
  /** Zeros before the gradient, and after it. */
  readonly before: number;
  readonly after: number;
}

/**
 * Input row s q + phase gets W[i] dY[(s q + phase + p - d i) / s] from those rows i of the kernel where this is a whole number: a
 * convolution over q. Turned, its rows are the i from last to first; from one to the next of them, the gradient's rows are d / gcd(s, d)
 * apart.
 */
function phaseTaps(
  { kernel, stride, dilation, before }: ConvGeometry,
  axis: number,
  phase: number,
  side: number,
  gradientSide: number,
): PhaseTaps {
  const [k, s, d, p] = [kernel[axis], stride[axis], dilation[axis], before[axis]];
  const offsets: number[] = [];
  for (let i = 0; i < k; i++) if ((phase + p - d * i) % s === 0) offsets.unshift(i);
  const apart = d / greatestCommonDivisor(s, d);
  const first = offsets.length === 0 ? 0 : (d * offsets[0] - phase - p) / s;
  return {
    offsets,
    dilation: apart,
    before: first,
    after: side - gradientSide + apart * (offsets.length - 1) - first,
  };
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));

/** @returns gives the swapped filter with some taps of its kernels: stored [C, O / groups, a, b] */
function swapFilter(graph: Graph, filter: Value, { layout, groups, depthwise }: FilterPlan, scale?: Value) {
  const { block, kind } = layout;
  const [o, c, k, l] = storedShape(filter.shape, layout);
  const taps = k * l;
  const scaled = scale ? scaleOutputs(graph, filter, scale) : filter;
  const length = depthwise ? block : block * block;
  const [inputs, outputs] = [kind === 'filter' ? c / block : 1, o / block / groups];
  const pieces = () => {
    if (depthwise) return scaled;
    // A piece is a tap of a pair of blocks: its two sides change places.
    if (kind === 'filter') return interleave(graph, scaled, [(o / block) * inputs * taps, block]);
    const rows = memoryAs(graph, scaled, [o / block, c, taps * block]);
    const pads = graph.integers([0, 0, 0, 0, block - c, 0]);
    const filled =
      c === block ? rows : graph.node('Pad', [rows, pads, graph.scalar(0)], [o / block, block, taps * block]);
    return interleave(graph, filled, [o / block, taps * block]);
  };
  const swapped = memoryAs(graph, pieces(), [
    depthwise ? (o / block) * taps : groups * outputs * inputs * taps,
    length,
  ]);
  return (indices: readonly number[], [a, b]: readonly [number, number]): Value => {
    const shape = depthwise ? [o, 1, a, b] : [roundUp(c, block) * groups, o / groups, a, b];
    // So do the pairs themselves; with the taps that are wanted that is one pass.
    const chosen: number[] = [];
    for (let group = 0; group < (depthwise ? o / block : groups); group++)
      for (let input = 0; input < (depthwise ? 1 : inputs); input++)
        for (let output = 0; output < (depthwise ? 1 : outputs); output++) {
          const pair = depthwise ? group : (group * outputs + output) * inputs + input;
          for (const index of indices) chosen.push(pair * taps + index);
        }
    return memoryAs(graph, selectRows(graph, swapped, chosen), shape);
  };
}
