import type { Graph, Shape, Value } from '../../graph.js';
import type { ConvGeometry } from '../../slidingWindow.js';
import { convNode } from './convNode.js';

/**
 * How the weight gradient dW[o,c,i,j] = sum over n,y,x of dY[n,o,y,x] X[n,c,s y+d i,s x+d j] is computed:
 * - `correlation`: as one convolution over rows of pixels with their channels last (see `correlateOverBatch`);
 * - `pixels`: a 1x1 kernel needs no neighbours, so it is one matrix product of dY and X (one for each group);
 * - `columns`: the shifted copies of X, one for each pixel of the kernel, side by side, make it such a product, too;
 * - `planes`: where a group has one channel, as one convolution of all planes (see `correlatePlanes`);
 * - `shifts`: likewise, one product and sum for each pixel of the kernel.
 */
export type WeightGradientLowering = 'correlation' | 'pixels' | 'columns' | 'planes' | 'shifts';

/**
 * The one place that chooses. Milliseconds on 2 busy cores, batch 16, `columns`: 32 for 64 channels at 28x28, 17 for 128 at
 * 14x14, 18 for 512 at 4x4. One product over the whole batch was as fast as one an image at 28x28, and two to three times as
 * fast below. `correlation` wins where channels are few (10 against 23 for LeNet's second layer); its rows of k*C numbers
 * are then what `columns` would have to copy one by one. Depthwise, 144 channels at 28x28, batch 32: `planes` 40, `shifts` 78.
 * @param weightShape [O, C / groups, k, l]
 */
export function chooseWeightGradientLowering(
  weightShape: Shape,
  { kernel, dilation, before, after, groups }: ConvGeometry,
  target: Graph['target'],
): WeightGradientLowering {
  const [o, c] = weightShape;
  if (groups > 1 && c === 1) {
    if (target === 'cpu') return 'planes';
    if (o === groups) return 'shifts';
  }
  const padded = [...before, ...after].some((count) => count !== 0);
  if (kernel.every((side) => side === 1) && !padded) return 'pixels';
  const dilated = dilation.some((step) => step !== 1);
  return c < 16 && groups === 1 && !dilated ? 'correlation' : 'columns';
}

/** Gradient of a convolution's weight [O, C / groups, k, l], from its input and from the gradient of its output. */
export function convWeightGradient(
  graph: Graph,
  x: Value,
  outputGradient: Value,
  weightShape: Shape,
  geometry: ConvGeometry,
): Value {
  switch (chooseWeightGradientLowering(weightShape, geometry, graph.target)) {
    case 'correlation':
      return correlateOverBatch(graph, x, batchSecond(graph, outputGradient), weightShape, geometry);
    case 'pixels':
      return multiplyPixels(graph, x, outputGradient, weightShape, geometry);
    case 'columns':
      return multiplyColumns(graph, x, outputGradient, weightShape, geometry);
    case 'planes':
      return correlatePlanes(graph, x, outputGradient, weightShape, geometry);
    case 'shifts':
      return multiplyShifts(graph, x, outputGradient, weightShape, geometry);
  }
}

function multiplyPixels(
  graph: Graph,
  x: Value,
  gradient: Value,
  weightShape: Shape,
  { stride, groups }: ConvGeometry,
): Value {
  const chosen = stride.every((step) => step === 1) ? x : shifted(graph, x, [0, 0], gradient, stride);
  const pixels = batchSecond(graph, chosen);
  return reshape(graph, product(graph, batchSecond(graph, gradient), pixels, groups), weightShape);
}

function multiplyColumns(
  graph: Graph,
  x: Value,
  gradient: Value,
  [o, c, k, l]: Shape,
  { stride, dilation, before, after, groups }: ConvGeometry,
): Value {
  const padded = padSides(graph, batchSecond(graph, x), before, after);
  const [n, , height, width] = gradient.shape;
  const copies: Value[] = [];
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < l; j++) {
      const copy = shifted(graph, padded, [i * dilation[0], j * dilation[1]], gradient, stride);
      copies.push(groups === 1 ? copy : reshape(graph, copy, [groups, c, n * height * width]));
    }
  }
  const columns =
    groups === 1
      ? graph.node('Concat', copies, [k * l * c, n, height, width], { axis: 0 })
      : graph.node('Concat', copies, [groups, k * l * c, n * height * width], { axis: 1 });
  const found = product(graph, batchSecond(graph, gradient), columns, groups);
  const offsetsFirst = reshape(graph, found, [o, k * l, c]);
  return reshape(graph, graph.node('Transpose', [offsetsFirst], [o, c, k * l], { perm: [0, 2, 1] }), [o, c, k, l]);
}

/**
 * a [A, N, H, W] and b [B, N, H, W] to their products summed over images and positions: [A, B], or, group by group,
 * [groups, A / groups, B / groups].
 */
function product(graph: Graph, a: Value, b: Value, groups: number): Value {
  const [, n, h, w] = a.shape;
  const count = n * h * w;
  const [first, second] = [a, b].map((value) => value.shape.reduce((all, side) => all * side, 1) / count / groups);
  if (groups === 1) {
    const [rows, columns] = [reshape(graph, a, [first, count]), reshape(graph, b, [second, count])];
    return graph.node('Gemm', [rows, columns], [first, second], { transB: 1 });
  }
  const rows = reshape(graph, a, [groups, first, count]);
  const columns = reshape(graph, b, [groups, second, count]);
  const turned = graph.node('Transpose', [columns], [groups, count, second], { perm: [0, 2, 1] });
  return graph.node('MatMul', [rows, turned], [groups, first, second]);
}

/** Every `stride`-th pixel from a place on, as many as `like` has. */
function shifted(
  graph: Graph,
  x: Value,
  [i, j]: readonly [number, number],
  like: Value,
  stride: readonly number[],
): Value {
  const [, , height, width] = like.shape;
  const ends = [i + (height - 1) * stride[0] + 1, j + (width - 1) * stride[1] + 1];
  return graph.node(
    'Slice',
    [x, graph.integers([i, j]), graph.integers(ends), graph.integers([2, 3]), graph.integers(stride)],
    [x.shape[0], x.shape[1], height, width],
  );
}

/** Rows and columns of zeros on all sides. */
function padSides(graph: Graph, x: Value, before: readonly number[], after: readonly number[]): Value {
  if ([...before, ...after].every((count) => count === 0)) return x;
  const [a, b, h, w] = x.shape;
  const pads = graph.integers([0, 0, ...before, 0, 0, ...after]);
  return graph.node('Pad', [x, pads, graph.scalar(0)], [a, b, h + before[0] + after[0], w + before[1] + after[1]]);
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
  { stride, before, after }: ConvGeometry,
): Value {
  const [n, c, h, w] = x.shape;
  const [o, , k, l] = weightShape;
  const [, , gradientHeight, gradientWidth] = outputGradient.shape;
  const channelsLast = graph.node('Transpose', [x], [n, h, w, c], { perm: [0, 2, 3, 1] });
  const rows = reshape(graph, channelsLast, [1, n, h, w * c]);
  const height = h + before[0] + after[0] - stride[0] * (gradientHeight - 1);
  const width = (w + before[1] + after[1] - stride[1] * (gradientWidth - 1)) * c;
  const found = convNode(graph, rows, outputGradient, undefined, [1, o, height, width], {
    kernel: [gradientHeight, gradientWidth],
    dilation: [stride[0], stride[1] * c],
    before: [before[0], before[1] * c],
    after: [after[0], after[1] * c],
  });
  const split = reshape(graph, cutSides(graph, found, [k, l * c]), [o, k, l, c]);
  return graph.node('Transpose', [split], weightShape, { perm: [0, 3, 1, 2] });
}

/** The first rows and columns. With a stride, positions beyond the kernel's own may be left over at the far edge. */
function cutSides(graph: Graph, x: Value, sides: readonly [number, number]): Value {
  const [a, b, height, width] = x.shape;
  if (height === sides[0] && width === sides[1]) return x;
  const bounds = [[0, 0], sides, [2, 3]].map((values) => graph.integers(values));
  return graph.node('Slice', [x, ...bounds], [a, b, ...sides]);
}

/** Each plane of x correlated with its planes of the gradient, all of them as one grouped convolution, then summed over the batch. */
function correlatePlanes(
  graph: Graph,
  x: Value,
  gradient: Value,
  weightShape: Shape,
  { stride, dilation, before, after }: ConvGeometry,
): Value {
  const [n, c, h, w] = x.shape;
  const [, o, height, width] = gradient.shape;
  const [, , k, l] = weightShape;
  const sides = [h, w].map((side, i) => {
    const places = side + before[i] + after[i] - stride[i] * ([height, width][i] - 1);
    return Math.floor((places - 1) / dilation[i]) + 1;
  });
  const planes = reshape(graph, x, [1, n * c, h, w]);
  const kernels = reshape(graph, gradient, [n * o, 1, height, width]);
  const found = convNode(graph, planes, kernels, undefined, [1, n * o, ...sides], {
    kernel: [height, width],
    stride: dilation,
    dilation: stride,
    before,
    after,
    groups: n * c,
  });
  const images = reshape(graph, cutSides(graph, found, [k, l]), [n, o, 1, k, l]);
  return graph.node('ReduceSum', [images, graph.integers([0])], weightShape, { keepdims: 0 });
}

/** For each offset of the kernel, x shifted by it, times the gradient, summed over images and positions. */
function multiplyShifts(
  graph: Graph,
  x: Value,
  gradient: Value,
  weightShape: Shape,
  { stride, dilation, before, after }: ConvGeometry,
): Value {
  const [c, , k, l] = weightShape;
  const padded = padSides(graph, x, before, after);
  const sums: Value[] = [];
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < l; j++) {
      const copy = shifted(graph, padded, [i * dilation[0], j * dilation[1]], gradient, stride);
      const product = graph.node('Mul', [copy, gradient], gradient.shape);
      sums.push(graph.node('ReduceSum', [product, graph.integers([0, 2, 3])], [c], { keepdims: 0 }));
    }
  }
  const columns = sums.map((sum) => graph.node('Unsqueeze', [sum, graph.integers([1])], [c, 1]));
  const all = graph.node('Concat', columns, [c, k * l], { axis: 1 });
  return reshape(graph, all, weightShape);
}
