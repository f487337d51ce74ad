import { type Graph, type Shape, toPlain, type Value } from '../graph.js';
import type { ConvGeometry } from '../slidingWindow.js';
import { bandsAsChannels, bandsAsFilter, planBands, seenPixels } from './bands.js';
import type { FilterPlan } from './filters.js';
import {
  blockedNode,
  blockOf,
  memoryAs,
  padPixels,
  storedShape,
  swapChannels,
  swapInner,
  swapOuter,
  toBlocked,
} from './layout.js';
import { multiplyPixels } from './pixelProducts.js';

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
  const { kernel, stride, before, after } = geometry;
  const alone = [...kernel.map((side) => side - 1), ...before, ...after].every((count) => count === 0);
  if (alone && plan.groups === 1) return multiplyPixels(graph, toBlocked(graph, x), gradient, stride);
  return correlateBlocks(graph, toBlocked(graph, x), gradient, geometry, plan.groups);
}

/**
 * Itself a convolution: its kernel is the output's gradient, and what it sums over, its channels, are the images of the batch, or bands of rows of
 * them (`planBands`). A row of the data is a row of pixels with their block of channels, [W * block], and the kernel is dilated by the block along it;
 * so l * block positions of the result lie side by side, and the library's kernel has whole registers to fill. Groups are groups of it, too.
 */
function correlateBlocks(graph: Graph, x: Value, gradient: Value, geometry: ConvGeometry, groups: number): Value {
  const { kernel, stride, dilation, before } = geometry;
  const block = blockOf(graph);
  const [n, c, h, w] = storedShape(x.shape, x.layout);
  const [, o] = storedShape(gradient.shape, gradient.layout);
  const bands = planBands(gradient.shape, block);
  const { rows, width, after, zeros } = seenPixels(geometry, gradient.shape, [h, w], bands);
  const padded = padPixels(graph, x, before, after, 0);
  const own = c / block / groups;
  const data = bandsAsChannels(graph, padded, bands, {
    // A block is an image of the convolution; those of a group are its images.
    planes: Array.from({ length: c / block }, (_, plane) => (plane % groups) * own + Math.floor(plane / groups)),
    images: n,
    height: h + before[0] + after[0],
    zeros,
    step: stride[0] * bands.height,
    rows,
    length: width * block,
  });
  const found = correlate(
    graph,
    memoryAs(graph, data, [own, groups * bands.channels, rows, width * block]),
    bandsAsFilter(graph, gradient, bands),
    {
      shape: [own, o, kernel[0], (dilation[1] * (kernel[1] - 1) + 1) * block],
      // Down, it is the result's stride. Along a row, what lies between is computed as well and left out.
      stride: [dilation[0], 1],
      dilation: [stride[0], stride[1] * block],
      groups,
      kept: { columns: kernel[1], apart: dilation[1], width: block },
    },
  );
  return swapOuter(graph, found, [own, o / block, kernel[0] * kernel[1] * block * block]);
}

/** The same for few channels, which lie side by side within a row of the data as those of a block do: one image. @param x plain */
function correlateImages(graph: Graph, x: Value, gradient: Value, c: number, geometry: ConvGeometry): Value {
  const { kernel, stride, dilation, before } = geometry;
  const block = blockOf(graph);
  const [n, , h, w] = x.shape;
  const [, o] = storedShape(gradient.shape, gradient.layout);
  const bands = planBands(gradient.shape, block);
  const { rows, width, after, zeros } = seenPixels(geometry, gradient.shape, [h, w], bands);
  const [height, pads] = [h + before[0] + after[0], [0, 0, ...before, 0, 0, ...after]];
  const padded = pads.every((count) => count === 0)
    ? x
    : graph.node('Pad', [x, graph.integers(pads), graph.scalar(0)], [n, c, height, width]);
  const planes = Array.from({ length: c }, (_, plane) => plane);
  const step = stride[0] * bands.height;
  const data = bandsAsChannels(graph, padded, bands, { planes, images: n, height, zeros, step, rows, length: width });
  const sideBySide = swapChannels(graph, data, [1, c, (bands.channels / block) * rows * width]);
  const found = correlate(
    graph,
    memoryAs(graph, sideBySide, [1, bands.channels, rows, width * c]),
    bandsAsFilter(graph, gradient, bands),
    {
      shape: [1, o, kernel[0], (dilation[1] * (kernel[1] - 1) + 1) * c],
      stride: [dilation[0], 1],
      dilation: [stride[0], stride[1] * c],
      groups: 1,
      kept: { columns: kernel[1], apart: dilation[1], width: c },
    },
  );
  return swapInner(graph, found, [o / block, kernel[0] * kernel[1], c, block]);
}

interface Correlation {
  /** Of the result. */
  readonly shape: Shape;
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
  /** Columns to keep, each `width` numbers wide: every `apart`-th of them. */
  readonly kept: { readonly columns: number; readonly apart: number; readonly width: number };
}

/** @returns memory [images of data, O / block, rows, columns kept, block] */
function correlate(graph: Graph, data: Value, filter: Value, correlation: Correlation): Value {
  const { shape, stride, dilation, groups, kept } = correlation;
  const block = blockOf(graph);
  const found = blockedNode(graph, 'Conv', [data, filter], shape, {
    kernel_shape: filter.shape.slice(2),
    strides: stride,
    dilations: dilation,
    group: groups,
  });
  if (kept.apart === 1) return found;
  const [images, o, rows, row] = shape;
  const lines = (images * o * rows) / block;
  const length = kept.width * block;
  const whole = memoryAs(graph, found, [lines, row / kept.width, length]);
  const bounds = [[0], [row / kept.width], [1], [kept.apart]].map((v) => graph.integers(v));
  return graph.node('Slice', [whole, ...bounds], [lines, kept.columns, length]);
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
