import { attention, elementCount, gather, reshape, transpose, type Value } from '../graph/index.js';
import type { Network } from './network.js';

/**
 * Attention in several heads (Vaswani et al. 2017), between the layers that make queries, keys and values and the one that mixes the heads:
 * [N, ..., T, 3 D], queries of all heads, then keys, then values, to [N, ..., T, D]. Axes in between are groups of tokens that see
 * only each other.
 * @param bias added to the scores before softmax, spreads to [N, ..., heads, T, T]
 */
export function multiHeadAttention(
  network: Network,
  mixed: Value,
  { name, heads, bias }: { readonly name: string; readonly heads: number; readonly bias?: Value },
): Value {
  const { graph } = network;
  const leading = mixed.shape.slice(0, -2);
  const [tokens, width] = mixed.shape.slice(-2);
  const features = width / 3;
  const size = features / heads;
  const parts = graph.apply(reshape, [mixed], { shape: [...leading, tokens, 3, heads, size] });
  const groups = leading.map((_, axis) => axis);
  const rank = leading.length;
  const sorted = graph.apply(transpose, [parts], { permutation: [rank + 1, ...groups, rank + 2, rank, rank + 3] });
  const three = [0, 1, 2].map((part) => graph.apply(gather, [sorted], { indices: [part], indexShape: [], axis: 0 }));
  const seen = graph.apply(attention, [...three, ...(bias ? [bias] : [])], { scale: 1 / Math.sqrt(size) });
  const rows = graph.apply(transpose, [seen], { permutation: [...groups, rank + 1, rank, rank + 2] });
  const output = graph.apply(reshape, [rows], { shape: [...leading, tokens, features] });
  const outputShape = output.shape.slice(1);
  // Scores and sums of values; exponential, sum and division of softmax.
  const operations =
    4 * tokens * elementCount(outputShape) + (3 * heads * tokens * elementCount(outputShape)) / features;
  network.layers.push({ name, type: `attention, ${heads} heads`, outputShape, parameters: 0, operations });
  return output;
}
