import { unexpected, Words } from '../../../checks.js';
import { blockedNode } from '../../blocked/layout.js';
import { blockedDomain, type Graph, type Operator, type Shape, toPlain, type Value } from '../../graph.js';

/** Axes in another order: axis i of the result is axis `permutation[i]` of x. */
export const transpose: Operator<{ readonly permutation: readonly number[] }> = {
  name: 'transpose',
  anyLayout: true,
  lower(graph, [x], { permutation }) {
    const axes = x.shape.map((_, axis) => axis);
    const fits = Array.isArray(permutation) && `${permutation.toSorted((a, b) => a - b)}` === `${axes}`;
    if (!fits) {
      const found = Array.isArray(permutation) ? new Words(`[${permutation.join(', ')}]`) : permutation;
      throw unexpected('transpose, permutation', `the axes ${axes.join(', ')}, each once`, found);
    }
    return permute(graph, x, permutation);
  },
  gradient: (graph, { outputGradient, attributes: { permutation } }) => [
    permute(
      graph,
      outputGradient,
      permutation.map((_, axis) => permutation.indexOf(axis)),
    ),
  ],
};

const channelsLast = '0,2,3,1';
const channelsFirst = '0,3,1,2';

/**
 * Channels go last, or come back, in one pass where they lie in blocks: that is the order in which a block's channels lie already. A network
 * that normalises or multiplies with channels last between convolutions (ConvNeXt) goes that way twice a block.
 */
function permute(graph: Graph, x: Value, permutation: readonly number[]): Value {
  const shape: Shape = permutation.map((axis) => x.shape[axis]);
  const wholeBlocks = (channels: number) => graph.channelBlock !== undefined && channels % graph.channelBlock === 0;
  if (x.layout && `${permutation}` === channelsLast && wholeBlocks(x.shape[1])) {
    const attributes = { channels: x.shape[1], channels_last: 1 };
    return graph.node('ReorderOutput', [x], shape, attributes, { domain: blockedDomain });
  }
  if (!x.layout && `${permutation}` === channelsFirst && wholeBlocks(x.shape[3]))
    return blockedNode(graph, 'ReorderInput', [x], shape, { channels_last: 1 });
  const plain = toPlain(graph, x);
  return graph.node('Transpose', [plain], shape, { perm: permutation }, { type: x.type });
}
