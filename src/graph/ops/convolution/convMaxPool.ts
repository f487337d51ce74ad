import { unexpected, Words } from '../../../checks.js';
import { fitShapes } from '../../fitShapes.js';
import type { Graph, Operator, Value } from '../../graph.js';
import type { ConvGeometry } from '../../slidingWindow.js';
import { slidingWindow } from '../../slidingWindow.js';
import { sumOverPositions } from './conv.js';
import { transposedConv } from './convInputGradient.js';
import { correlateOverBatch } from './convWeightGradient.js';

/** Attributes of `convMaxPool`: border of the convolution's input, in pixels. */
export interface ConvMaxPoolAttributes {
  readonly padding: number;
}

/**
 * Convolution (stride 1) followed by 2x2 max pooling, fused: x [N, C, H, W], weight [O, C, k, k], bias [O] to
 * [N, O, floor(H' / 2), floor(W' / 2)]. The same function and gradient as `conv` then `maxPool`.
 *
 * The four positions of a pooling window become four groups of channels (the polyphase form): pixels are rearranged
 * into 2x2 blocks of channels, the kernel is placed at the four offsets of a block, and the maximum is taken over the
 * groups. The wider, smaller convolution suits the matrix kernels, and neither the full-size feature map nor its sparse
 * gradient is ever rearranged. For LeNet at 224 px this halves the time of the two layers' backward pass.
 */
export const convMaxPool: Operator<ConvMaxPoolAttributes> = {
  name: 'convMaxPool',
  lower(graph, [x, weight, bias], { padding }, saved) {
    fitShapes('convMaxPool', { input: [x, 'N C H W'], weight: [weight, 'O C k k'], bias: [bias, 'O'] });
    const { outputShape, blockSide, blockRows, blockColumns } = geometry(x, weight, padding);
    const [n, o, height, width] = outputShape;
    const [, c, h, w] = x.shape;
    const pads = [0, 0, padding, padding, 0, 0, 2 * blockRows - h - padding, 2 * blockColumns - w - padding];
    const padded = graph.node(
      'Pad',
      [x, graph.integers(pads), graph.scalar(0)],
      [n, c, 2 * blockRows, 2 * blockColumns],
    );
    saved.blocks = graph.node('SpaceToDepth', [padded], [n, 4 * c, blockRows, blockColumns], { blocksize: 2 });
    saved.weight = placeAtOffsets(graph, weight, blockSide);
    const biases = graph.node('Concat', [bias, bias, bias, bias], [4 * o], { axis: 0 });
    const positions = graph.node('Conv', [saved.blocks, saved.weight, biases], [n, 4 * o, height, width], {
      kernel_shape: [blockSide, blockSide],
    });
    saved.positions = reshape(graph, positions, [n, 4, o, height, width]);
    return graph.node('ReduceMax', [saved.positions], outputShape, { axes: [1], keepdims: 0 });
  },

  gradient(graph, { inputs: [x, weight], output, outputGradient, attributes, saved, wanted }) {
    const { blockSide, blockRows, blockColumns } = geometry(x, weight, attributes.padding);
    const [n, o, height, width] = output.shape;
    const [, c, h, w] = x.shape;
    const winners = firstMaximum(graph, saved.positions, output);
    let inputGradient: Value | null = null;
    let weightGradient: Value | null = null;
    if (wanted[0]) {
      const spread = maskGradient(graph, winners, reshape(graph, outputGradient, [n, 1, o, height, width]));
      const blocks = transposedConv(
        graph,
        reshape(graph, spread, [n, 4 * o, height, width]),
        saved.weight,
        saved.blocks.shape,
        onBlocks(saved.blocks, blockSide),
      );
      const padded = graph.node('DepthToSpace', [blocks], [n, c, 2 * blockRows, 2 * blockColumns], { blocksize: 2 });
      const { padding } = attributes;
      const pads = [0, 0, -padding, -padding, 0, 0, h + padding - 2 * blockRows, w + padding - 2 * blockColumns];
      inputGradient = pads.some((pad) => pad !== 0)
        ? graph.node('Pad', [padded, graph.integers(pads), graph.scalar(0)], x.shape)
        : padded;
    }
    if (wanted[1]) {
      // The batch goes last here; moving the mask (one byte each) and the small gradient is cheaper than their product.
      const mask = graph.node(
        'Transpose',
        [winners],
        [4, o, n, height, width],
        { perm: [1, 2, 0, 3, 4] },
        { type: 'bool' },
      );
      const gradient = graph.node('Transpose', [outputGradient], [o, n, height, width], { perm: [1, 0, 2, 3] });
      const kernel = maskGradient(graph, mask, reshape(graph, gradient, [1, o, n, height, width]));
      const placed = correlateOverBatch(
        graph,
        saved.blocks,
        reshape(graph, kernel, [4 * o, n, height, width]),
        [4 * o, 4 * c, blockSide, blockSide],
        onBlocks(saved.blocks, blockSide),
      );
      weightGradient = gatherFromOffsets(graph, placed, weight);
    }
    return [inputGradient, weightGradient, wanted[2] ? sumOverPositions(graph, outputGradient) : null];
  },
};

/** The four offsets within a pooling window, row by row: the order in which ties are broken. */
const offsets = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
] as const;

function geometry(x: Value, weight: Value, padding: number) {
  const [n] = x.shape;
  const [o, , k] = weight.shape;
  const { sides } = slidingWindow('convMaxPool', x.shape, [k, k], { stride: 1, padding });
  if (Math.min(...sides) < 2)
    throw unexpected('convMaxPool, input', `at least ${k + 1 - 2 * padding} pixels a side`, new Words(`[${x.shape}]`));
  const [height, width] = sides.map((side) => Math.floor(side / 2));
  // A kernel at offset 1 reaches over k + 1 pixels: that many, rounded up, in blocks of 2.
  const blockSide = Math.ceil((k + 1) / 2);
  return {
    outputShape: [n, o, height, width],
    blockSide,
    blockRows: height + blockSide - 1,
    blockColumns: width + blockSide - 1,
  };
}

/** The convolution of what was rearranged in blocks. */
const onBlocks = ({ shape }: Value, blockSide: number): ConvGeometry => ({
  ...slidingWindow('convMaxPool', shape, [blockSide, blockSide], { stride: 1, padding: 0 }),
  groups: 1,
});

const reshape = (graph: Graph, x: Value, shape: readonly number[]) =>
  graph.node('Reshape', [x, graph.integers(shape)], shape);

/** [O, C, k, k] to [4 O, 4 C, b, b]: the kernel at each offset of a block, rearranged as the pixels are. */
function placeAtOffsets(graph: Graph, weight: Value, blockSide: number): Value {
  const [o, c, k] = weight.shape;
  const side = 2 * blockSide;
  const placed = offsets.map(([i, j]) =>
    graph.node(
      'Pad',
      [weight, graph.integers([0, 0, i, j, 0, 0, side - k - i, side - k - j]), graph.scalar(0)],
      [o, c, side, side],
    ),
  );
  const all = graph.node('Concat', placed, [4 * o, c, side, side], { axis: 0 });
  return graph.node('SpaceToDepth', [all], [4 * o, 4 * c, blockSide, blockSide], { blocksize: 2 });
}

/** The gradient of `placeAtOffsets`. */
function gatherFromOffsets(graph: Graph, placed: Value, weight: Value): Value {
  const [o, c, k] = weight.shape;
  const side = 2 * placed.shape[2];
  const pixels = graph.node('DepthToSpace', [placed], [4 * o, c, side, side], { blocksize: 2 });
  const parts = offsets.map(([i, j], index) =>
    graph.node(
      'Slice',
      [
        pixels,
        graph.integers([index * o, i, j]),
        graph.integers([(index + 1) * o, i + k, j + k]),
        graph.integers([0, 2, 3]),
      ],
      weight.shape,
    ),
  );
  return graph.node('Sum', parts, weight.shape);
}

/** Which of the four positions [N, 4, O, H, W] holds the maximum [N, O, H, W]; the first one where several do. */
function firstMaximum(graph: Graph, positions: Value, maximum: Value): Value {
  const [n, , o, height, width] = positions.shape;
  const bool = { type: 'bool' as const };
  const one = [n, 1, o, height, width];
  const equal = graph.node('Equal', [positions, reshape(graph, maximum, one)], positions.shape, {}, bool);
  const parts = graph.nodeWithOutputs(
    'Split',
    [equal],
    offsets.map(() => ({ shape: one, type: 'bool' })),
    { axis: 1 },
  );
  const first = [parts[0]];
  let claimed = parts[0];
  for (const part of parts.slice(1)) {
    first.push(graph.node('And', [part, graph.node('Not', [claimed], one, {}, bool)], one, {}, bool));
    claimed = graph.node('Or', [claimed, part], one, {}, bool);
  }
  return graph.node('Concat', first, positions.shape, { axis: 1 }, bool);
}

function maskGradient(graph: Graph, mask: Value, gradient: Value): Value {
  return graph.node('Mul', [graph.node('Cast', [mask], mask.shape, { to: 1 }), gradient], mask.shape);
}
