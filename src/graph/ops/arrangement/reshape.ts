import { unexpected, Words } from '../../../checks.js';
import { elementCount, type Operator, requireShape, type Shape } from '../../graph.js';
import { reshapeTo } from '../../reshapeTo.js';

/** The same numbers, row by row, under another shape of as many elements; an exported graph takes any batch size. */
export const reshape: Operator<{ readonly shape: Shape }> = {
  name: 'reshape',
  lower(graph, [x], { shape }) {
    requireShape('reshape', shape);
    const count = elementCount(x.shape);
    if (elementCount(shape) !== count) {
      const expected = `sides whose product is ${count}, as [${x.shape.join(', ')}] has elements`;
      throw unexpected('reshape, shape', expected, new Words(`[${shape.join(', ')}]`));
    }
    // Where nothing changes, a value of its own all the same: gradients are kept by name.
    if (`${shape}` === `${x.shape}`) return graph.node('Identity', [x], shape, {}, { type: x.type });
    return reshapeTo(graph, x, shape);
  },
  gradient: (graph, { inputs: [x], outputGradient }) => [reshapeTo(graph, outputGradient, x.shape)],
};
