import { type Graph, type Shape, toPlain, type Value } from '../graph.js';
import type { ConvGeometry } from '../slidingWindow.js';
import type { FilterPlan } from './filters.js';
import {
  asChannels,
  blockedNode,
  blockOf,
  channelsLast,
  interleave,
  memoryAs,
  roundUp,
  storedShape,
  swapOuter,
  toBlocked,
} from './layout.js';

/**
 * Gradient of a convolution's weight, dW[o,c,i,j] = sum over n,y,x of dY[n,o,y,x] X[n,c,s y+d i,s x+d j], in the memory order
 * of the stored filter.
 * @param gradient blocked [N, O, H', W'] @param weightShape [O, C / groups, k, l]
 */
export function blockedWeightGradient(
  graph: Graph,
  x: Value,
  gradient: Value,
  weightShape: Shape,
  geometry: ConvGeometry,
  plan: FilterPlan,
): Value {
  if (plan.depthwise) return correlatePlanes(graph, toBlocked(graph, x), gradient, geometry);
  if (plan.layout.kind === 'outputs')
    return correlateImages(graph, toPlain(graph, x), gradient, weightShape[1], geometry);
  const { kernel, before, after } = geometry;
  const alone = [...kernel.map((side) => side - 1), ...before, ...after].every((count) => count === 0);
  if (alone && plan.groups === 1) return multiplyPixels(graph, toBlocked(graph, x), gradient, geometry);
  return correlateBlocks(graph, toBlocked(graph, x), gradient, geometry, plan.groups);
}

/** A 1x1 kernel needs no neighbours: one matrix product over all pixels. The smaller side goes first, which is faster. */
function multiplyPixels(graph: Graph, x: Value, gradient: Value, { stride }: ConvGeometry): Value {
  const block = blockOf(graph);
  const a = channelsLast(graph, stride.every((step) => step === 1) ? x : everyPixel(graph, x, stride, gradient.shape));
  const b = channelsLast(graph, gradient);
  const [c, o] = [a.shape[1], b.shape[1]];
  if (o <= c) {
    const product = graph.node('Gemm', [b, a], [o, c], { transA: 1 });
    return interleave(graph, product, [o / block, c]);
  }
  const product = graph.node('Gemm', [a, b], [c, o], { transA: 1 });
  return swapOuter(graph, product, [c, o / block, block]);
}

/** Every s-th row and column, from the first on. */
function everyPixel(graph: Graph, x: Value, stride: readonly number[], [, , height, width]: Shape): Value {
  const block = blockOf(graph);
  const [n, c, h, w] = storedShape(x.shape, x.layout);
  const pixels = memoryAs(graph, x, [(n * c) / block, h, w, block]);
  const bounds = [[0, 0], [(height - 1) * stride[0] + 1, (width - 1) * stride[1] + 1], [1, 2], stride].map((v) =>
    graph.integers(v),
  );
  const found = graph.node('Slice', [pixels, ...bounds], [(n * c) / block, height, width, block]);
  return asChannels(graph, found, [n, x.shape[1], height, width]);
}

/**
 * Itself a convolution: its kernel is the output's gradient, and what it sums over, its channels, are the images of the batch.
 * A row of the data is a row of pixels with their block of channels, [W * block], and the kernel is dilated by the block along it;
 * so l * block positions of the result lie side by side, and the library's kernel has whole registers to fill. Groups are groups of it, too.
 */
function correlateBlocks(graph: Graph, x: Value, gradient: Value, geometry: ConvGeometry, groups: number): Value {
  const { kernel, stride, dilation, before, after } = geometry;
  const block = blockOf(graph);
  const [n, c, h, w] = storedShape(x.shape, x.layout);
  const [, o, gradientHeight, gradientWidth] = storedShape(gradient.shape, gradient.layout);
  const images = roundUp(n, block);
  const [rows, row] = [h + before[0] + after[0], (w + before[1] + after[1]) * block];
  const planes = memoryAs(graph, x, [n, c / block, h, w * block]);
  const pads = [0, 0, before[0], before[1] * block, images - n, 0, after[0], after[1] * block];
  const padded = pad(graph, planes, pads, [images, c / block, rows, row]);
  const batchLast = interleave(graph, padded, [images / block, (c / block) * rows * row]);
  const own = c / block / groups;
  const length = rows * row * block;
  // One group: two axes change places. More: the blocks of a group are the images of the convolution.
  const byGroup = (parts: Value) =>
    graph.node('Transpose', [parts], [own, groups, images / block, length], { perm: [2, 1, 0, 3] });
  const data =
    groups === 1
      ? swapOuter(graph, batchLast, [images / block, own, length])
      : byGroup(memoryAs(graph, batchLast, [images / block, groups, own, length]));
  const found = correlate(
    graph,
    memoryAs(graph, data, [own, groups * images, rows, row]),
    batchFilter(graph, gradient),
    {
      shape: [
        own,
        o,
        (rows - stride[0] * (gradientHeight - 1) - 1) / dilation[0] + 1,
        row - stride[1] * (gradientWidth - 1) * block,
      ],
      // Down, it is the result's stride. Along a row, what lies between is computed as well and left out.
      stride: [dilation[0], 1],
      dilation: [stride[0], stride[1] * block],
      groups,
      kept: { rows: kernel[0], columns: kernel[1], apart: dilation[1], width: block },
    },
  );
  return swapOuter(graph, found, [own, o / block, kernel[0] * kernel[1] * block * block]);
}

/** The same for few channels, which lie one after the other: each is an image of the convolution. @param x plain */
function correlateImages(graph: Graph, x: Value, gradient: Value, c: number, geometry: ConvGeometry): Value {
  const { kernel, stride, dilation, before, after } = geometry;
  const block = blockOf(graph);
  const [n, , h, w] = x.shape;
  const [, o, gradientHeight, gradientWidth] = storedShape(gradient.shape, gradient.layout);
  const images = roundUp(n, block);
  const [rows, row] = [h + before[0] + after[0], w + before[1] + after[1]];
  const padded = pad(graph, x, [0, 0, ...before, images - n, 0, ...after], [images, c, rows, row]);
  const batchLast = interleave(graph, padded, [images / block, c * rows * row]);
  const data = swapOuter(graph, batchLast, [images / block, c, rows * row * block]);
  const sides = [rows - stride[0] * (gradientHeight - 1), row - stride[1] * (gradientWidth - 1)];
  const found = correlate(graph, memoryAs(graph, data, [c, images, rows, row]), batchFilter(graph, gradient), {
    shape: [c, o, ...sides.map((side, axis) => (side - 1) / dilation[axis] + 1)],
    stride: dilation,
    dilation: stride,
    groups: 1,
    kept: { rows: kernel[0], columns: kernel[1], apart: 1, width: 1 },
  });
  return swapOuter(graph, found, [c, o / block, kernel[0] * kernel[1] * block]);
}

/** Blocked [N, O, H', W'] as a filter [O, N, H', W'] of a convolution whose channels are the images. */
function batchFilter(graph: Graph, gradient: Value): Value {
  const block = blockOf(graph);
  const [n, o, h, w] = storedShape(gradient.shape, gradient.layout);
  const images = roundUp(n, block);
  const whole = pad(graph, memoryAs(graph, gradient, [n, o * h * w]), [0, 0, images - n, 0], [images, o * h * w]);
  const split = memoryAs(graph, whole, [images / block, block, o / block, h * w, block]);
  const shape = [o / block, images / block, h * w, block, block];
  const sorted = graph.node('Transpose', [split], shape, { perm: [2, 0, 3, 1, 4] });
  return memoryAs(graph, sorted, [o, images, h, w]);
}

interface Correlation {
  /** Of the result; sides are rounded down. */
  readonly shape: Shape;
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
  /**
   * Rows and columns to keep, these `width` numbers wide each, and every `apart`-th of them: with a stride, positions beyond the kernel's own
   * may be left over at the far edge.
   */
  readonly kept: { readonly rows: number; readonly columns: number; readonly apart: number; readonly width: number };
}

/** @returns memory [images of data, O / block, rows kept, columns kept, block] */
function correlate(graph: Graph, data: Value, filter: Value, correlation: Correlation): Value {
  const { stride, dilation, groups, kept } = correlation;
  const block = blockOf(graph);
  const [, , height, width] = filter.shape;
  const shape = correlation.shape.map(Math.floor);
  const found = blockedNode(graph, 'Conv', [data, filter], shape, {
    kernel_shape: [height, width],
    strides: stride,
    dilations: dilation,
    group: groups,
  });
  const [images, o, rows, row] = shape;
  const columns = row / kept.width;
  if (rows === kept.rows && columns === kept.columns) return found;
  const length = kept.width * block;
  const whole = memoryAs(graph, found, [(images * o) / block, rows, columns, length]);
  const bounds = [
    [0, 0],
    [kept.rows, (kept.columns - 1) * kept.apart + 1],
    [1, 2],
    [1, kept.apart],
  ];
  const cut = [(images * o) / block, kept.rows, kept.columns, length];
  return graph.node('Slice', [whole, ...bounds.map((v) => graph.integers(v))], cut);
}

/**
 * Depthwise: each plane of x with its plane of the gradient, all planes as the channels of one image, then summed over the
 * batch. Nothing needs to be rearranged.
 */
function correlatePlanes(graph: Graph, x: Value, gradient: Value, geometry: ConvGeometry): Value {
  const { kernel, stride, dilation, before, after } = geometry;
  const block = blockOf(graph);
  const [n, c, h, w] = storedShape(x.shape, x.layout);
  const [, , gradientHeight, gradientWidth] = gradient.shape;
  const planes = n * c;
  const sides = [h, w].map((side, axis) => {
    const positions = side + before[axis] + after[axis] - stride[axis] * (gradient.shape[axis + 2] - 1);
    return Math.floor((positions - 1) / dilation[axis]) + 1;
  });
  const found = blockedNode(
    graph,
    'Conv',
    [memoryAs(graph, x, [1, planes, h, w]), memoryAs(graph, gradient, [planes, 1, gradientHeight, gradientWidth])],
    [1, planes, ...sides],
    {
      kernel_shape: [gradientHeight, gradientWidth],
      strides: dilation,
      dilations: stride,
      pads: [...before, ...after],
      group: planes,
    },
  );
  const [k, l] = kernel;
  const whole = memoryAs(graph, found, [planes / block, ...sides, block]);
  const bounds = [
    [0, 0],
    [k, l],
    [1, 2],
  ].map((v) => graph.integers(v));
  const cut =
    sides[0] === k && sides[1] === l ? whole : graph.node('Slice', [whole, ...bounds], [planes / block, k, l, block]);
  const perImage = memoryAs(graph, cut, [n, c * k * l]);
  return graph.node('ReduceSum', [perImage, graph.integers([0])], [c * k * l], { keepdims: 0 });
}

/** Zeros around; nothing where there are none. */
function pad(graph: Graph, x: Value, pads: readonly number[], shape: Shape): Value {
  return pads.every((count) => count === 0) ? x : graph.node('Pad', [x, graph.integers(pads), graph.scalar(0)], shape);
}
