import type { OnnxNode } from '../mirror/model.js';
import { isFloat } from '../mirror/tensorTypes.js';
import type { NodeList } from './nodeList.js';
import type { Pattern } from './pattern.js';

/** Operators that leave the numbers as they are where the shape stays. */
const inOrder = new Set(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Expand', 'Tile']);

/** Nodes that do nothing: identities, dropout in evaluation, changes of precision, reshapes to the same shape. */
export const passing: Pattern = {
  name: 'nodes that do nothing',
  apply(list, node) {
    if (node.domain !== '' || !passesOn(list, node)) return false;
    list.drop(node, node.inputs[0]);
    return true;
  },
};

function passesOn(list: NodeList, { operator, inputs, outputs, attributes }: OnnxNode): boolean {
  const [from, to] = [list.facts(inputs[0]), list.facts(outputs[0])];
  if (!from || !to) return false;
  const sameShape = `${from.shape}` === `${to.shape}`;
  if (operator === 'Identity' || (operator === 'Dropout' && isFloat(from.type))) return true;
  if (operator === 'Cast' || operator === 'CastLike') return isFloat(from.type) && isFloat(to.type);
  if (operator === 'Concat') return inputs.length === 1;
  if (operator === 'Transpose') return (attributes.ints('perm') ?? [-1]).every((axis, i) => axis === i);
  return inOrder.has(operator) && sameShape;
}

/** Zeros in the place of what softmax makes of rows without a single number: there are none where nothing masks a whole row. */
export const noNumbers: Pattern = {
  name: 'zeros in the place of what is no number',
  apply(list, node) {
    if (node.operator !== 'Where' || list.scalar(node.inputs[1]) !== 0) return false;
    const [condition, , chosen] = node.inputs;
    const test = list.inner(condition, 'IsNaN');
    if (test?.inputs[0] !== chosen || list.producer(chosen)?.operator !== 'Softmax') return false;
    const scores = list.producer(list.producer(chosen)!.inputs[0]);
    const masks = { Add: scores?.inputs, Where: scores?.inputs.slice(1) }[scores?.operator ?? ''] ?? [];
    if (!masks.every((name) => list.facts(name)?.isComputed || list.numbers(name)?.every(Number.isFinite)))
      return false;
    list.drop(node, chosen, [test]);
    return true;
  },
};
