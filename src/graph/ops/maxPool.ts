import type { Graph, Operator, Value } from '../graph.js';
import { slidingSide } from './conv.js';

export interface MaxPoolAttributes {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

/** Largest value of each window, x [N, C, H, W] to [N, C, H', W']; sides are rounded down, as in PyTorch. */
export const maxPool: Operator<MaxPoolAttributes> = {
  name: 'maxPool',
  lower(graph, [x], { kernel, stride, padding }) {
    const [n, c, h, w] = x.shape;
    const sides = [slidingSide(h, kernel, stride, padding), slidingSide(w, kernel, stride, padding)];
    return graph.node('MaxPool', [x], [n, c, ...sides], {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      pads: [padding, padding, padding, padding],
    });
  },
  /**
   * The gradient goes to the first position, row by row, that holds its window's maximum (PyTorch's choice on ties). The
   * operator's own Indices output would say which, but WebGPU has none; so each offset of the window is compared with the
   * maximum, and one grouped transposed convolution puts the offsets' gradients back in place.
   */
  gradient(graph, { inputs: [x], output, outputGradient, attributes }) {
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
    const offsets = kernel * kernel;
    const stacked = graph.node('Concat', parts, [n, c, offsets, outHeight, outWidth], { axis: 2 });
    const channels = [n, c * offsets, outHeight, outWidth];
    const flat = graph.node('Reshape', [stacked, graph.integers(channels)], channels);
    // One output channel per group; offset (i, j) of the group lands at (i, j) of its window.
    const place = new Float32Array(c * offsets * offsets);
    for (let row = 0; row < c * offsets; row++) place[row * offsets + (row % offsets)] = 1;
    const gradient = graph.node(
      'ConvTranspose',
      [flat, graph.initializer(place, [c * offsets, 1, kernel, kernel])],
      [n, c, neededHeight, neededWidth],
      { group: c, strides: [stride, stride], kernel_shape: [kernel, kernel] },
    );
    return [crop(graph, gradient, padding, h, w)];
  },
};

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
