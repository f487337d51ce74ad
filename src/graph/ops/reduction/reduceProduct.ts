import { reduceNode, reduction } from './reduce.js';

/** Product over some axes. The gradient is right beside zeros too: a number's is the product of the others. */
export const reduceProduct = reduction({
  name: 'reduceProduct',
  forward: (graph, x, axes) => reduceNode(graph, 'ReduceProd', x, axes),
  /** Products of all that aren't 0, over x; for a zero the whole product where it is the only one. */
  backward(on, onKept, { x, d, axes }, graph) {
    const isZero = on.compare('Equal', x, 0);
    const nonzero = on.choose(isZero, 1, x);
    const zeros = reduceNode(graph, 'ReduceSum', on.numbersOf(isZero), axes);
    const product = onKept.multiply(d, reduceNode(graph, 'ReduceProd', nonzero, axes));
    const withoutZeros = onKept.keep(product, onKept.compare('Equal', zeros, 0));
    const besideOneZero = onKept.keep(product, onKept.compare('Equal', zeros, 1));
    return on.choose(isZero, besideOneZero, on.node('Div', [withoutZeros, nonzero]));
  },
});
