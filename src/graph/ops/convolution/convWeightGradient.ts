import type { Graph, Shape, Value } from '../../graph.js';
import { type ConvAttributes, convNode } from './convNode.js';

/**
 * How the weight gradient dW[o,c,i,j] = sum over n,y,x of dY[n,o,y,x] X[n,c,s y+i,s x+j] is computed:
 * - `correlation`: as one convolution over rows of pixels with their channels last (see `correlateOverBatch`);
 * - `pixels`: a 1x1 kernel needs no neighbours, so it is one matrix product of dY and X;
 * - `columns`: the k*k shifted copies of X, side by side, make it one matrix product.
 */
export type WeightGradientLowering = 'correlation' | 'pixels' | 'columns';

/**
 * The one place that chooses. Milliseconds on 2 busy cores, batch 16, `columns`: 32 for 64 channels at 28x28, 17 for 128 at
 * 14x14, 18 for 512 at 4x4. One product over the whole batch was as fast as one an image at 28x28, and two to three times as
 * fast below. `correlation` wins where channels are few (10 against 23 for LeNet's second layer); its rows of k*C numbers
 * are then what `columns` would have to copy one by one.
 * @param weightShape [O, C, k, k]
 */
export function chooseWeightGradientLowering(weightShape: Shape, padding: number): WeightGradientLowering {
  const [, c, k] = weightShape;
  if (k === 1 && padding === 0) return 'pixels';
  return c < 16 ? 'correlation' : 'columns';
}

/** Gradient of a convolution's weight [O, C, k, k], from its input and from the gradient of its output. */
export function convWeightGradient(
  graph: Graph,
  x: Value,
  outputGradient: Value,
  weightShape: Shape,
  attributes: ConvAttributes,
): Value {
  const gradient = batchSecond(graph, outputGradient);
  switch (chooseWeightGradientLowering(weightShape, attributes.padding)) {
    case 'correlation':
      return correlateOverBatch(graph, x, gradient, weightShape, attributes);
    case 'pixels': {
      const pixels = batchSecond(
        graph,
        attributes.stride === 1 ? x : shifted(graph, x, 0, 0, outputGradient, attributes),
      );
      return reshape(graph, product(graph, gradient, pixels), weightShape);
    }
    case 'columns':
      return multiplyColumns(graph, x, gradient, weightShape, attributes);
  }
}

/** @param gradient [O, N, H', W'] */
function multiplyColumns(
  graph: Graph,
  x: Value,
  gradient: Value,
  weightShape: Shape,
  attributes: ConvAttributes,
): Value {
  const [o, c, k] = weightShape;
  const [, n, height, width] = gradient.shape;
  const padded = padSides(graph, batchSecond(graph, x), attributes.padding);
  const copies: Value[] = [];
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) copies.push(shifted(graph, padded, i, j, gradient, attributes));
  }
  const columns = graph.node('Concat', copies, [k * k * c, n, height, width], { axis: 0 });
  const offsetsFirst = reshape(graph, product(graph, gradient, columns), [o, k * k, c]);
  const found = graph.node('Transpose', [offsetsFirst], [o, c, k * k], { perm: [0, 2, 1] });
  return reshape(graph, found, weightShape);
}

/** a [A, N, H, W] and b [B, N, H, W] to their products summed over images and positions, [A, B]. */
function product(graph: Graph, a: Value, b: Value): Value {
  const rows = (value: Value) => {
    const [count, n, h, w] = value.shape;
    return reshape(graph, value, [count, n * h * w]);
  };
  return graph.node('Gemm', [rows(a), rows(b)], [a.shape[0], b.shape[0]], { transB: 1 });
}

/** Every `stride`-th pixel from (i, j) on, as many as `like` has. */
function shifted(graph: Graph, x: Value, i: number, j: number, like: Value, { stride }: ConvAttributes): Value {
  const [, , height, width] = like.shape;
  const ends = [i + (height - 1) * stride + 1, j + (width - 1) * stride + 1];
  return graph.node(
    'Slice',
    [x, graph.integers([i, j]), graph.integers(ends), graph.integers([2, 3]), graph.integers([stride, stride])],
    [x.shape[0], x.shape[1], height, width],
  );
}

/** Rows and columns of zeros on all sides. */
export function padSides(graph: Graph, x: Value, padding: number): Value {
  if (padding === 0) return x;
  const [a, b, h, w] = x.shape;
  const pads = graph.integers([0, 0, padding, padding, 0, 0, padding, padding]);
  return graph.node('Pad', [x, pads, graph.scalar(0)], [a, b, h + 2 * padding, w + 2 * padding]);
}

/** [N, C, H, W] to [C, N, H, W]. */
function batchSecond(graph: Graph, x: Value): Value {
  const [n, c, h, w] = x.shape;
  return graph.node('Transpose', [x], [c, n, h, w], { perm: [1, 0, 2, 3] });
}

const reshape = (graph: Graph, x: Value, shape: Shape) => graph.node('Reshape', [x, graph.integers(shape)], shape);

/**
 * dW[o,c,i,j] = sum over n,y,x of dY[o,n,y,x] X[n,c,s y+i,s x+j], itself as a convolution whose kernel is dY and whose
 * channels are the images of the batch. X goes in with its channels last, as rows of W*C numbers, and the kernel is
 * dilated by C along them: the library then copies runs of k*C numbers instead of k, which is twice as fast as the plain
 * form at few channels (5.7 against 9.9 ms for LeNet's second layer).
 * @param x [N, C, H, W]
 * @param outputGradient [O, N, H', W']: the batch second
 */
export function correlateOverBatch(
  graph: Graph,
  x: Value,
  outputGradient: Value,
  weightShape: Shape,
  { stride, padding }: ConvAttributes,
): Value {
  const [n, c, h, w] = x.shape;
  const [o, , k] = weightShape;
  const [, , gradientHeight, gradientWidth] = outputGradient.shape;
  const channelsLast = graph.node('Transpose', [x], [n, h, w, c], { perm: [0, 2, 3, 1] });
  const rows = graph.node('Reshape', [channelsLast, graph.integers([1, n, h, w * c])], [1, n, h, w * c]);
  const height = h + 2 * padding - stride * (gradientHeight - 1);
  const width = (w + 2 * padding - stride * (gradientWidth - 1)) * c;
  const found = convNode(graph, rows, outputGradient, undefined, [1, o, height, width], {
    kernel_shape: [gradientHeight, gradientWidth],
    dilations: [stride, stride * c],
    pads: [padding, padding * c, padding, padding * c],
  });
  // With a stride, positions beyond the kernel's own may be left over at the far edge.
  const ends = [graph.integers([0, 0]), graph.integers([k, k * c]), graph.integers([2, 3])];
  const cut = height === k && width === k * c ? found : graph.node('Slice', [found, ...ends], [1, o, k, k * c]);
  const split = graph.node('Reshape', [cut, graph.integers([o, k, k, c])], [o, k, k, c]);
  return graph.node('Transpose', [split], weightShape, { perm: [0, 3, 1, 2] });
}
