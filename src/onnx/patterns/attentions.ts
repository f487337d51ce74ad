import type { OnnxNode } from '../mirror/model.js';
import { isProduct, productOf } from './expressions.js';
import type { NodeList } from './nodeList.js';
import { makeNode, ownDomain, type Pattern } from './pattern.js';

/** A tensor without the number that it is multiplied by. */
function unscaled(list: NodeList, name: string): { tensor: string; factor: number; nodes: readonly OnnxNode[] } {
  const node = list.inner(name, 'Mul', 'Div');
  const product = node && isProduct(list, node) ? productOf(list, node) : undefined;
  if (product?.tensors.length !== 1) return { tensor: name, factor: 1, nodes: [] };
  return { tensor: product.tensors[0], factor: product.factor, nodes: product.nodes };
}

const swapLast = (rank: number): number[] =>
  Array.from({ length: rank }, (_, i) => (i < rank - 2 ? i : i === rank - 2 ? rank - 1 : rank - 2));

interface Keys {
  readonly keys: string;
  readonly shape: readonly number[];
  readonly removed: readonly OnnxNode[];
  readonly made: readonly OnnxNode[];
}

/**
 * Keys [..., S, D] of the factor [..., D, S] that scores are made with: what was turned for it, or turned and then given other first axes;
 * where neither stands there, the factor is turned back.
 */
function keysOf(list: NodeList, name: string, last: OnnxNode): Keys {
  const shape = list.shape(name);
  const swapped = swapLast(shape.length).map((axis) => shape[axis]);
  const output = `${name}/keys`;
  const made = (operator: string, input: string, attributes: Parameters<typeof makeNode>[3]) =>
    makeNode({ ...last, name: output, outputs: [output] }, operator, [input], attributes);
  const node = list.inner(name, 'Transpose', 'Reshape');
  const perm = node?.attributes.ints('perm');
  if (node && perm) {
    const order = swapLast(perm.length).map((axis) => perm[axis]);
    const [input] = node.inputs;
    if (order.every((axis, i) => axis === i)) return { keys: input, shape: swapped, removed: [node], made: [] };
    return { keys: output, shape: swapped, removed: [node], made: [made('Transpose', input, { perm: order })] };
  }
  const turned = node && list.inner(node.inputs[0], 'Transpose');
  const inner = turned?.attributes.ints('perm');
  const before = turned ? list.shape(turned.outputs[0]) : [];
  if (node && turned && `${inner}` === `${swapLast(before.length)}` && `${before.slice(-2)}` === `${shape.slice(-2)}`) {
    const view = made('Reshape', turned.inputs[0], { shape: swapped });
    return { keys: output, shape: swapped, removed: [node, turned], made: [view] };
  }
  const back = made('Transpose', name, { perm: swapLast(shape.length) });
  return { keys: output, shape: swapped, removed: [], made: [back] };
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
      const inside = unscaled(list, keys.keys);
      const key = keys.made.length === 0 ? inside : { tensor: keys.keys, factor: 1, nodes: [] };
      const leading = (shape: readonly number[]) => `${shape.slice(0, -2)}`;
      const shapes = [list.shape(queries.tensor), keys.shape, list.shape(node.inputs[1])];
      if (shapes.some((shape) => shape.length !== rank || leading(shape) !== leading(shapes[0]))) continue;
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
