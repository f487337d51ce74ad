import type { Graph, Shape, Value } from '../graph.js';
import { toPlain } from '../graph.js';
import type { BlockedConvAttributes } from './conv.js';
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
 * Gradient of a convolution's weight, dW[o,c,i,j] = sum over n,y,x of dY[n,o,y,x] X[n,c,s y+i,s x+j], in the memory order
 * of the stored filter.
 * @param gradient blocked [N, O, H', W'] @param weightShape [O, C, k, k]
 */
export function blockedWeightGradient(
  graph: Graph,
  x: Value,
  gradient: Value,
  weightShape: Shape,
  attributes: BlockedConvAttributes,
): Value {
  const [, c, k] = weightShape;
  if (attributes.depthwise) return correlatePlanes(graph, toBlocked(graph, x), gradient, k, attributes);
  if (c < blockOf(graph)) return correlateImages(graph, toPlain(graph, x), gradient, weightShape, attributes);
  if (k === 1 && attributes.padding === 0) return multiplyPixels(graph, toBlocked(graph, x), gradient, attributes);
  return correlateBlocks(graph, toBlocked(graph, x), gradient, k, attributes);
}

/** A 1x1 kernel needs no neighbours: one matrix product over all pixels. The smaller side goes first, which is faster. */
function multiplyPixels(graph: Graph, x: Value, gradient: Value, { stride }: BlockedConvAttributes): Value {
  const block = blockOf(graph);
  const [, , h, w] = gradient.shape;
  const a = channelsLast(graph, stride === 1 ? x : everyPixel(graph, x, stride, h, w));
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
function everyPixel(graph: Graph, x: Value, stride: number, height: number, width: number): Value {
  const block = blockOf(graph);
  const [n, c, h, w] = storedShape(x.shape, x.layout);
  const pixels = memoryAs(graph, x, [(n * c) / block, h, w, block]);
  const bounds = [
    [0, 0],
    [(height - 1) * stride + 1, (width - 1) * stride + 1],
    [1, 2],
    [stride, stride],
  ].map((v) => graph.integers(v));
  const found = graph.node('Slice', [pixels, ...bounds], [(n * c) / block, height, width, block]);
  return asChannels(graph, found, [n, x.shape[1], height, width]);
}

/**
 * Itself a convolution: its kernel is the output's gradient, and what it sums over, its channels, are the images of the batch.
 * A row of the data is a row of pixels with their block of channels, [W * block], and the kernel is dilated by the block along it;
 * so 3 * block positions of the result lie side by side, and the library's kernel has whole registers to fill.
 */
function correlateBlocks(graph: Graph, x: Value, gradient: Value, k: number, attributes: BlockedConvAttributes): Value {
  const { stride, padding } = attributes;
  const block = blockOf(graph);
  const [n, c, h, w] = storedShape(x.shape, x.layout);
  const [, o, gradientHeight, gradientWidth] = storedShape(gradient.shape, gradient.layout);
  const images = roundUp(n, block);
  const [rows, row] = [h + 2 * padding, (w + 2 * padding) * block];
  const planes = memoryAs(graph, x, [n, c / block, h, w * block]);
  const pads = [0, 0, padding, padding * block, images - n, 0, padding, padding * block];
  const padded = pad(graph, planes, pads, [images, c / block, rows, row]);
  const batchLast = interleave(graph, padded, [images / block, (c / block) * rows * row]);
  const data = swapOuter(graph, batchLast, [images / block, c / block, rows * row * block]);
  const found = correlate(graph, memoryAs(graph, data, [c / block, images, rows, row]), batchFilter(graph, gradient), {
    shape: [c / block, o, rows - stride * (gradientHeight - 1), row - stride * (gradientWidth - 1) * block],
    dilations: [stride, stride * block],
    wanted: [k, k * block],
  });
  return swapOuter(graph, found, [c / block, o / block, k * k * block * block]);
}

/** The same for few channels, which lie one after the other: each is an image of the convolution. @param x plain */
function correlateImages(
  graph: Graph,
  x: Value,
  gradient: Value,
  [, c, k]: Shape,
  { stride, padding }: BlockedConvAttributes,
): Value {
  const block = blockOf(graph);
  const [n, , h, w] = x.shape;
  const [, o, gradientHeight, gradientWidth] = storedShape(gradient.shape, gradient.layout);
  const images = roundUp(n, block);
  const [rows, row] = [h + 2 * padding, w + 2 * padding];
  const padded = pad(graph, x, [0, 0, padding, padding, images - n, 0, padding, padding], [images, c, rows, row]);
  const batchLast = interleave(graph, padded, [images / block, c * rows * row]);
  const data = swapOuter(graph, batchLast, [images / block, c, rows * row * block]);
  const found = correlate(graph, memoryAs(graph, data, [c, images, rows, row]), batchFilter(graph, gradient), {
    shape: [c, o, rows - stride * (gradientHeight - 1), row - stride * (gradientWidth - 1)],
    dilations: [stride, stride],
    wanted: [k, k],
  });
  return swapOuter(graph, found, [c, o / block, k * k * block]);
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
  /** Of the result. */
  readonly shape: Shape;
  readonly dilations: readonly number[];
  /** Rows and columns to keep: with a stride, positions beyond the kernel's own may be left over at the far edge. */
  readonly wanted: readonly [number, number];
}

/** @returns memory [images of data, O / block, wanted rows, wanted columns, block] */
function correlate(graph: Graph, data: Value, filter: Value, { shape, dilations, wanted }: Correlation): Value {
  const block = blockOf(graph);
  const [, , height, width] = filter.shape;
  const found = blockedNode(graph, 'Conv', [data, filter], shape, { kernel_shape: [height, width], dilations });
  const [images, o, rows, columns] = shape;
  if (rows === wanted[0] && columns === wanted[1]) return found;
  const whole = memoryAs(graph, found, [(images * o) / block, rows, columns, block]);
  const bounds = [[0, 0], [...wanted], [1, 2]].map((v) => graph.integers(v));
  return graph.node('Slice', [whole, ...bounds], [(images * o) / block, ...wanted, block]);
}

/**
 * Depthwise: each plane of x with its plane of the gradient, all planes as the channels of one image, then summed over the
 * batch. Nothing needs to be rearranged.
 */
function correlatePlanes(
  graph: Graph,
  x: Value,
  gradient: Value,
  k: number,
  { stride, padding }: BlockedConvAttributes,
): Value {
  const block = blockOf(graph);
  const [n, c, h, w] = storedShape(x.shape, x.layout);
  const [, , gradientHeight, gradientWidth] = gradient.shape;
  const planes = n * c;
  const sides = [h + 2 * padding - stride * (gradientHeight - 1), w + 2 * padding - stride * (gradientWidth - 1)];
  const found = blockedNode(
    graph,
    'Conv',
    [memoryAs(graph, x, [1, planes, h, w]), memoryAs(graph, gradient, [planes, 1, gradientHeight, gradientWidth])],
    [1, planes, ...sides],
    {
      kernel_shape: [gradientHeight, gradientWidth],
      dilations: [stride, stride],
      pads: [padding, padding, padding, padding],
      group: planes,
    },
  );
  const whole = memoryAs(graph, found, [planes / block, ...sides, block]);
  const bounds = [
    [0, 0],
    [k, k],
    [1, 2],
  ].map((v) => graph.integers(v));
  const cut =
    sides[0] === k && sides[1] === k ? whole : graph.node('Slice', [whole, ...bounds], [planes / block, k, k, block]);
  const perImage = memoryAs(graph, cut, [n, c * k * k]);
  return graph.node('ReduceSum', [perImage, graph.integers([0])], [c * k * k], { keepdims: 0 });
}

/** Zeros around; nothing where there are none. */
function pad(graph: Graph, x: Value, pads: readonly number[], shape: Shape): Value {
  return pads.every((count) => count === 0) ? x : graph.node('Pad', [x, graph.integers(pads), graph.scalar(0)], shape);
}
