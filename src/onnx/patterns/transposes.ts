import { makeNode, type Pattern } from './pattern.js';

/** Transpositions one after the other become one, and none where they cancel (Keras networks change the order of axes at both ends). */
export const transposes: Pattern = {
  name: 'transpositions in a row',
  apply(list, node) {
    const first = node.operator === 'Transpose' ? list.producer(node.inputs[0]) : undefined;
    const [outer, inner] = [node.attributes.ints('perm'), first?.attributes.ints('perm')];
    if (first?.operator !== 'Transpose' || !outer || !inner) return false;
    const perm = outer.map((axis) => inner[axis]);
    const removed = list.inner(node.inputs[0], 'Transpose') ? [first, node] : [node];
    if (perm.every((axis, i) => axis === i)) list.drop(node, first.inputs[0], removed);
    else list.replace(removed, makeNode(node, 'Transpose', [first.inputs[0]], { perm }));
    return true;
  },
};
