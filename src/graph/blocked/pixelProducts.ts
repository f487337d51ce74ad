import type { Graph, Shape, Value } from '../graph.js';
import {
  asChannels,
  blockOf,
  channelsLast,
  interleave,
  memoryAs,
  plainPlanes,
  storedShape,
  swapOuter,
} from './layout.js';

/**
 * A 1x1 kernel needs no neighbours: its weight's gradient is a sum over pixels, dW = dY^T X, a matrix product. In the memory order of the stored
 * filter.
 *
 * The narrower side is taken plain, [filters, pixels], the other as it lies: each of its blocks is a matrix of 16 columns, which is what the library's
 * product packs its second factor into anyway, so the wider side isn't rearranged at all. 64 and 256 channels at 56x56, 8 images, one thread: 10.5 ms,
 * where both with channels last take 19.1 (docs/decisions/0018-the-step-beside-onednn.md).
 */
export function multiplyPixels(graph: Graph, input: Value, gradient: Value, stride: readonly number[]): Value {
  const block = blockOf(graph);
  const x = stride.every((step) => step === 1) ? input : everyPixel(graph, input, stride, gradient.shape);
  const [c, o] = [x, gradient].map((value) => storedShape(value.shape, value.layout)[1]);
  // Blocks of 8 fill half of what the product packs.
  if (block < 16) return multiplyRows(graph, x, gradient, [c, o]);
  if (o > c) return multiplyBlocks(graph, x, gradient, [c, o]);
  const product = multiplyBlocks(graph, gradient, x, [o, c]);
  return swapOuter(graph, interleave(graph, product, [((c / block) * o) / block, block]), [
    c / block,
    o / block,
    block * block,
  ]);
}

/** @returns memory [Q / block, P, block]: the product of `narrow` [N, P, H, W] and `wide` [N, Q, H, W] over images and pixels */
function multiplyBlocks(graph: Graph, narrow: Value, wide: Value, [p, q]: readonly [number, number]): Value {
  const block = blockOf(graph);
  const [n, , h, w] = wide.shape;
  const pixels = h * w;
  const blocks = q / block;
  const rows = plainPlanes(graph, narrow);
  // A product an image, and their sum; or all images side by side, where both sides together are less than the products.
  if (p * q < (p + q) * pixels) {
    const factors = [memoryAs(graph, rows, [n, 1, p, pixels]), memoryAs(graph, wide, [n, blocks, pixels, block])];
    const products = graph.node('MatMul', factors, [n, blocks, p, block]);
    return graph.node('ReduceSum', [products, graph.integers([0])], [blocks, p, block], { keepdims: 0 });
  }
  const factors = [
    memoryAs(graph, swapOuter(graph, rows, [n, p, pixels]), [p, n * pixels]),
    memoryAs(graph, swapOuter(graph, wide, [n, blocks, pixels * block]), [blocks, n * pixels, block]),
  ];
  return graph.node('MatMul', factors, [blocks, p, block]);
}

/** Both with channels last. The smaller side goes first, which is faster. */
function multiplyRows(graph: Graph, x: Value, gradient: Value, [c, o]: readonly [number, number]): Value {
  const block = blockOf(graph);
  const [a, b] = [x, gradient].map((value) => channelsLast(graph, value));
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
