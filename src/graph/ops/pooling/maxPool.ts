import { requireInteger } from '../../../checks.js';
import { blockedNode } from '../../blocked/layout.js';
import { fitShapes, slidingSides } from '../../fitShapes.js';
import { elementCount, type Graph, type Operator, type Shape, toPlain, type Value } from '../../graph.js';

/** Attributes of `maxPool`: side of the window, distance between windows, and border, in pixels. */
export interface MaxPoolAttributes {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

/** Largest value of each window, x [N, C, H, W] to [N, C, H', W']; sides are rounded down, as in PyTorch. */
export const maxPool: Operator<MaxPoolAttributes> = {
  name: 'maxPool',
  anyLayout: true,
  lower(graph, [x], { kernel, stride, padding }) {
    fitShapes('maxPool', { input: [x, 'N C H W'] });
    const [n, c] = x.shape;
    const sides = slidingSides('maxPool', x, { kernel, stride, padding });
    // More would let a window see nothing but padding.
    requireInteger('maxPool, padding', padding, { max: Math.floor(kernel / 2) });
    const attributes = windowAttributes({ kernel, stride, padding });
    if (x.layout) return blockedNode(graph, 'MaxPool', [x], [n, c, ...sides], attributes);
    return graph.node('MaxPool', [x], [n, c, ...sides], attributes);
  },
  /**
   * The gradient goes to the first position, row by row, that holds its window's maximum (PyTorch's choice on ties). The
   * operator's own indices say which, and a scatter adds up where windows overlap: 82 ms for 64 channels at 56x56, batch 32, 3x3 with
   * stride 2, where the form below takes 150 (bench/convNormLayers.mjs). Where windows don't overlap, or the device has no indices (WebGPU), each offset of
   * the window is compared with the maximum, and one more operator puts the offsets' gradients back in place.
   */
  gradient(graph, { inputs: [input], output: pooled, outputGradient: given, attributes }) {
    const [x, output, outputGradient] = [input, pooled, given].map((value) => toPlain(graph, value));
    if (graph.target === 'cpu' && attributes.stride < attributes.kernel) {
      return [scatterToMaxima(graph, x, outputGradient, attributes)];
    }
    const { kernel, stride, padding } = attributes;
    const [n, c, h, w] = x.shape;
    const [, , outHeight, outWidth] = output.shape;
    const neededHeight = (outHeight - 1) * stride + kernel;
    const neededWidth = (outWidth - 1) * stride + kernel;
    const padded = padTo(graph, x, padding, neededHeight, neededWidth);

    let remaining: Value | undefined;
    const parts: Value[] = [];
    for (let i = 0; i < kernel; i++) {
      for (let j = 0; j < kernel; j++) {
        const at = graph.node(
          'Slice',
          [
            padded,
            graph.integers([i, j]),
            graph.integers([i + (outHeight - 1) * stride + 1, j + (outWidth - 1) * stride + 1]),
            graph.integers([2, 3]),
            graph.integers([stride, stride]),
          ],
          output.shape,
        );
        const equal = graph.node('Equal', [at, output], output.shape, {}, { type: 'bool' });
        const match = graph.node('Cast', [equal], output.shape, { to: 1 });
        const unclaimed: Value = remaining ?? outputGradient;
        const part = graph.node('Mul', [match, unclaimed], output.shape);
        remaining = graph.node('Sub', [unclaimed, part], output.shape);
        parts.push(graph.node('Unsqueeze', [part, graph.integers([2])], [n, c, 1, outHeight, outWidth]));
      }
    }
    const gradient = placeParts(graph, parts, [n, c, neededHeight, neededWidth], attributes);
    return [crop(graph, gradient, padding, h, w)];
  },
};

const windowAttributes = ({ kernel, stride, padding }: MaxPoolAttributes) => ({
  kernel_shape: [kernel, kernel],
  strides: [stride, stride],
  pads: [padding, padding, padding, padding],
});

function scatterToMaxima(graph: Graph, x: Value, gradient: Value, attributes: MaxPoolAttributes): Value {
  const { shape } = gradient;
  const outputs = [
    { shape, type: 'float32' as const },
    { shape, type: 'int64' as const },
  ];
  // The indices count elements of the whole of x.
  const [, indices] = graph.nodeWithOutputs('MaxPool', [x], outputs, windowAttributes(attributes));
  const [from, to] = [elementCount(shape), elementCount(x.shape)];
  const flat = (value: Value) => graph.node('Reshape', [value, graph.integers([from])], [from]);
  const zeros = graph.node('ConstantOfShape', [graph.integers([to])], [to]);
  const scattered = graph.node('ScatterElements', [zeros, flat(indices), flat(gradient)], [to], {
    axis: 0,
    reduction: 'add',
  });
  return graph.node('Reshape', [scattered, graph.integers(x.shape)], x.shape);
}

/**
 * Puts the gradients of a window's offsets in place and adds them up where windows overlap.
 * @param parts one per offset, row by row, [N, C, 1, H', W'] each
 * @param shape of the result, [N, C, (H' - 1) stride + kernel, ...]
 */
function placeParts(graph: Graph, parts: readonly Value[], shape: Shape, { kernel, stride }: MaxPoolAttributes): Value {
  const [n, c, , height, width] = [...parts[0].shape];
  const webgpu = graph.target === 'webgpu';
  const disjoint = kernel === stride;
  // onnxruntime 1.30's WebGPU kernel of the grouped ConvTranspose goes wrong where a group has an even number of channels: a
  // channel of zeros makes it odd. Windows that don't overlap need no such operator; there it is a rearrangement.
  const filler = webgpu && !disjoint && kernel % 2 === 0;
  const zeros = filler ? [graph.node('Sub', [parts[0], parts[0]], parts[0].shape)] : [];
  const channels = parts.length + zeros.length;
  const stacked = graph.node('Concat', [...parts, ...zeros], [n, c, channels, height, width], { axis: 2 });
  const flatShape = [n, c * channels, height, width];
  // 0 keeps the batch size, whatever it is.
  const flat = graph.node('Reshape', [stacked, graph.integers([0, ...flatShape.slice(1)])], flatShape);
  if (webgpu && disjoint) return graph.node('DepthToSpace', [flat], shape, { blocksize: kernel, mode: 'CRD' });
  // One output channel per group; offset (i, j) of the group lands at (i, j) of its window.
  const offsets = kernel * kernel;
  const place = new Float32Array(c * channels * offsets);
  for (let row = 0; row < c * channels; row++) {
    const offset = row % channels;
    if (offset < offsets) place[row * offsets + offset] = 1;
  }
  return graph.node('ConvTranspose', [flat, graph.initializer(place, [c * channels, 1, kernel, kernel])], shape, {
    group: c,
    strides: [stride, stride],
    kernel_shape: [kernel, kernel],
  });
}

/** Pads with the lowest number before, and pads or crops behind, to the given sides. */
function padTo(graph: Graph, x: Value, before: number, height: number, width: number): Value {
  const [n, c, h, w] = x.shape;
  const after = [height - h - before, width - w - before];
  if (before === 0 && after[0] === 0 && after[1] === 0) return x;
  const pads = graph.integers([0, 0, before, before, 0, 0, ...after]);
  return graph.node('Pad', [x, pads, graph.scalar(-3.4e38)], [n, c, height, width], { mode: 'constant' });
}

/** The reverse: removes `before` rows and columns, and pads with zeros or crops behind, to [.., h, w]. */
function crop(graph: Graph, x: Value, before: number, h: number, w: number): Value {
  const [n, c, height, width] = x.shape;
  const after = [h + before - height, w + before - width];
  if (before === 0 && after[0] === 0 && after[1] === 0) return x;
  const pads = graph.integers([0, 0, -before, -before, 0, 0, ...after]);
  return graph.node('Pad', [x, pads, graph.scalar(0)], [n, c, h, w], { mode: 'constant' });
}
