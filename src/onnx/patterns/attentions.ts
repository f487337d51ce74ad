import type { OnnxNode } from '../mirror/model.js';
import { isProduct, productOf } from './expressions.js';
import type { NodeList } from './nodeList.js';
import { makeNode, ownDomain, type Pattern } from './pattern.js';

/** A tensor without the number that it is multiplied by. */
function unscaled(list: NodeList, name: string): { tensor: string; factor: number; nodes: readonly OnnxNode[] } {
  const node = list.inner(name, 'Mul', 'Div');
  const product = node && isProduct(list, node) ? productOf(list, node) : undefined;
  if (!product || product.tensors.length !== 1) return { tensor: name, factor: 1, nodes: [] };
  return { tensor: product.tensors[0], factor: product.factor, nodes: product.nodes };
}

const swapLast = (rank: number): number[] =>
  Array.from({ length: rank }, (_, i) => (i < rank - 2 ? i : i === rank - 2 ? rank - 1 : rank - 2));

/** Keys [..., S, D] of the factor [..., D, S] that scores are made with: what is turned for it, turned otherwise or not at all. */
function keysOf(
  list: NodeList,
  name: string,
  last: OnnxNode,
): { keys: string; removed: OnnxNode[]; made: OnnxNode[] } | undefined {
  const node = list.inner(name, 'Transpose');
  const perm = node?.attributes.ints('perm');
  if (!node || !perm || perm.length < 3) return undefined;
  const swapped = swapLast(perm.length).map((axis) => perm[axis]);
  if (swapped.every((axis, i) => axis === i)) return { keys: node.inputs[0], removed: [node], made: [] };
  const output = `${node.outputs[0]}/keys`;
  const turned = makeNode({ ...last, name: node.name, outputs: [output] }, 'Transpose', [node.inputs[0]], {
    perm: swapped,
  });
  return { keys: output, removed: [node], made: [turned] };
}

/**
 * Attention: softmax(scale q k^T + bias) v. The scale stands at the scores, at the queries, or its root at queries and keys; the bias may
 * be left out.
 */
export const attentions: Pattern = {
  name: 'attention written out',
  apply(list, node) {
    if (node.operator !== 'MatMul' || node.domain !== '') return false;
    const softmax = list.inner(node.inputs[0], 'Softmax');
    const rank = list.shape(node.inputs[0]).length;
    if (!softmax || rank < 3 || ![-1, rank - 1].includes(softmax.attributes.int('axis', softmax.version < 13 ? 1 : -1)))
      return false;
    const sum = list.inner(softmax.inputs[0], 'Add');
    for (const [scores, bias] of sum ? [sum.inputs, sum.inputs.toReversed()] : [[softmax.inputs[0], undefined]]) {
      const scaled = unscaled(list, scores as string);
      const product = list.inner(scaled.tensor, 'MatMul');
      if (!product) continue;
      const queries = unscaled(list, product.inputs[0]);
      const outside = unscaled(list, product.inputs[1]);
      const keys = keysOf(list, outside.tensor, node);
      if (!keys) continue;
      const inside = unscaled(list, keys.keys);
      const key = keys.made.length === 0 ? inside : { tensor: keys.keys, factor: 1, nodes: [] };
      const leading = (name: string) => `${list.shape(name).slice(0, -2)}`;
      const given = keys.made.length === 0 ? key.tensor : keys.made[0].inputs[0];
      if (list.shape(given).length !== rank || leading(queries.tensor) !== leading(node.inputs[1])) continue;
      const scale = scaled.factor * queries.factor * outside.factor * key.factor;
      const inner = [softmax, ...(sum ? [sum] : []), product, ...scaled.nodes, ...queries.nodes, ...outside.nodes];
      const removed = [...inner, ...keys.removed, ...key.nodes, node];
      const inputs = [queries.tensor, key.tensor, node.inputs[1], ...(bias === undefined ? [] : [bias as string])];
      const made = makeNode(node, 'Attention', inputs, { scale: { float: scale } }, ownDomain);
      list.replace(removed, made, keys.made);
      return true;
    }
    return false;
  },
};
