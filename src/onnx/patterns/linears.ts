import type { OnnxNode } from '../mirror/model.js';
import type { NodeList } from './nodeList.js';
import { makeNode, ownDomain, type Pattern } from './pattern.js';

/** A constant or weight that no node makes. */
const isGiven = (list: NodeList, name: string): boolean => {
  const facts = list.facts(name);
  return facts !== undefined && !facts.isComputed;
};

/** The weight of a product on its right: [I, O] as it is, or [O, I] that is turned for the product. */
function weightOf(
  list: NodeList,
  name: string,
): { weight: string; outputsFirst: number; turned?: OnnxNode } | undefined {
  if (list.shape(name).length !== 2) return undefined;
  if (isGiven(list, name)) return { weight: name, outputsFirst: 0 };
  const turned = list.producer(name);
  if (turned?.operator !== 'Transpose' || !isGiven(list, turned.inputs[0])) return undefined;
  return { weight: turned.inputs[0], outputsFirst: 1, turned };
}

/** A product with a weight matrix, and a bias behind it: a fully connected layer. */
export const linears: Pattern = {
  name: 'product and bias',
  apply(list, node) {
    if (node.operator !== 'MatMul' || node.domain !== '') return false;
    const [x, right] = node.inputs;
    const found = weightOf(list, right);
    if (!found || list.shape(x).length < 2 || isGiven(list, x)) return false;
    const sum = list.only(node.outputs[0], 'Add');
    const bias = sum?.inputs.find((name) => name !== node.outputs[0]);
    const outputs = list.shape(node.outputs[0]).at(-1);
    const fits = sum && bias && isGiven(list, bias) && `${list.shape(bias)}` === `${outputs}`;
    if (!fits && !found.turned) return false;
    const last = fits ? sum : node;
    const inputs = [x, found.weight, ...(fits ? [bias] : [])];
    const removed = [
      ...(found.turned && list.isWithin(right, [node]) ? [found.turned] : []),
      node,
      ...(fits ? [sum] : []),
    ];
    list.replace(removed, makeNode(last, 'Linear', inputs, { outputsFirst: found.outputsFirst }, ownDomain));
    return true;
  },
};
