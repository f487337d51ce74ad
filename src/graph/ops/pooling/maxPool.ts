import { axisMatrix, multiplyAxis } from '../../axisMatrix.js';
import { blockedNode, toBlocked } from '../../blocked/layout.js';
import { maxPoolGradient } from '../../blocked/maxPoolGradient.js';
import { elementCount, type Graph, type Operator, toPlain, type Value } from '../../graph.js';
import {
  type AxisWindows,
  areTiles,
  bordersFit,
  type PoolAttributes,
  poolWindows,
  windowAttributes,
} from './poolWindow.js';

/** Pixels of a window along an axis that compete with each other at most; wider windows are left to indices. Not measured beyond. */
const widestCompeting = 3;

/** Below every number of a network. */
const lowest = -3.4e38;

/**
 * Largest value of each window: x [N, C, L], [N, C, H, W] or [N, C, D, H, W] to the same with a position a window. Sides are rounded
 * down, as in PyTorch, unless `ceilMode` is set.
 */
export const maxPool: Operator<PoolAttributes> = {
  name: 'maxPool',
  anyLayout: true,
  lower(graph, [x], attributes) {
    const windows = poolWindows('maxPool', x, attributes);
    const shape = [...x.shape.slice(0, 2), ...windows.map(({ count }) => count)];
    const own = windowAttributes(windows);
    if (x.layout && bordersFit(windows)) return blockedNode(graph, 'MaxPool', [x], shape, own);
    const plain = apartFromPad(graph, toPlain(graph, x));
    if (bordersFit(windows)) return graph.node('MaxPool', [plain], shape, own);
    return graph.node('MaxPool', [withBorder(graph, plain, windows)], shape, {
      ...own,
      pads: windows.flatMap(() => [0, 0]),
    });
  },
  /**
   * The gradient goes to the first position, row by row, that holds its window's maximum (PyTorch's choice on ties). With channels in blocks
   * `maxPoolGradient` finds it; elsewhere the operator's own indices say which, and a scatter adds up where windows overlap: 82 ms for 64 channels at 56x56, batch 32, 3x3 with
   * stride 2, where comparisons take 150 (bench/convNormLayers.mjs). Where windows are tiles, or the device has no indices (WebGPU), each
   * offset of the window is compared with the maximum, and the offsets' gradients are put back in place.
   */
  gradient(graph, { inputs: [input], output: pooled, outputGradient: given, attributes }) {
    if (pooled.layout) {
      const windows = poolWindows('maxPool', input, attributes);
      const [rows, columns] = windows;
      if (windows.every(({ kernel }) => kernel <= widestCompeting))
        return [maxPoolGradient(graph, input, pooled, toBlocked(graph, given), [rows, columns])];
    }
    const [x, output, outputGradient] = [input, pooled, given].map((value) => toPlain(graph, value));
    const windows = poolWindows('maxPool', x, attributes);
    const tiles = windows.length === 2 && areTiles(windows);
    if (graph.target === 'cpu' && !tiles) return [scatterToMaxima(graph, x, outputGradient, windows)];
    const parts = splitByOffset(graph, x, output, outputGradient, windows);
    return [tiles ? placeTiles(graph, parts, windows) : placeParts(graph, parts, windows)];
  },
};

/**
 * onnxruntime 1.30 takes a border of zeros before a MaxPool for MaxPool's own, whose positions never win: wrong where all of a window is negative.
 * A step between them that changes nothing keeps them apart, wherever the graph is run.
 */
function apartFromPad(graph: Graph, x: Value): Value {
  const made = graph.nodes.findLast(({ outputs }) => outputs.includes(x.name));
  return made?.operator === 'Pad' ? graph.node('Clip', [x, graph.scalar(lowest)], x.shape) : x;
}

/** x with its border, filled with the lowest number. */
function withBorder(graph: Graph, x: Value, windows: readonly AxisWindows[]): Value {
  return bordered(graph, x, windows, ({ before, reached }) => [before, reached], lowest);
}

/** A border of a width for each axis and end from the third on; negative widths crop. */
function bordered(
  graph: Graph,
  x: Value,
  windows: readonly AxisWindows[],
  widths: (windows: AxisWindows) => readonly [number, number],
  value: number,
): Value {
  const ends = windows.map(widths);
  if (ends.every(([before, behind]) => before === 0 && behind === 0)) return x;
  const shape = x.shape.map((side, i) => (i < 2 ? side : side + ends[i - 2][0] + ends[i - 2][1]));
  const pads = [0, 0, ...ends.map(([before]) => before), 0, 0, ...ends.map(([, behind]) => behind)];
  return graph.node('Pad', [x, graph.integers(pads), graph.scalar(value)], shape, { mode: 'constant' });
}

function scatterToMaxima(graph: Graph, x: Value, gradient: Value, windows: readonly AxisWindows[]): Value {
  const fit = bordersFit(windows);
  const whole = fit ? x : withBorder(graph, x, windows);
  const own = windowAttributes(windows);
  const outputs = [
    { shape: gradient.shape, type: 'float32' as const },
    { shape: gradient.shape, type: 'int64' as const },
  ];
  // The indices count elements of the whole of x.
  const [, indices] = graph.nodeWithOutputs(
    'MaxPool',
    [whole],
    outputs,
    fit ? own : { ...own, pads: windows.flatMap(() => [0, 0]) },
  );
  const [from, to] = [elementCount(gradient.shape), elementCount(whole.shape)];
  // -1, and zeros as many as x has: any batch size.
  const flat = (value: Value, count: number) => graph.node('Reshape', [value, graph.integers([-1])], [count]);
  const size = graph.node('Shape', [flat(whole, to)], [1], {}, { type: 'int64' });
  const zeros = graph.node('ConstantOfShape', [size], [to]);
  const scattered = graph.node('ScatterElements', [zeros, flat(indices, from), flat(gradient, from)], [to], {
    axis: 0,
    reduction: 'add',
  });
  const placed = graph.node('Reshape', [scattered, graph.integers([-1, ...whole.shape.slice(1)])], whole.shape);
  return fit ? placed : bordered(graph, placed, windows, ({ before, reached }) => [-before, -reached], 0);
}

/** Gradients of a window's offsets, row by row, each of the output's shape: the first offset that holds the maximum has it. */
function splitByOffset(
  graph: Graph,
  x: Value,
  output: Value,
  gradient: Value,
  windows: readonly AxisWindows[],
): Value[] {
  const padded = withBorder(graph, x, windows);
  const { shape } = output;
  const strides = windows.map(({ stride }) => stride);
  let remaining = gradient;
  return offsetsOf(windows).map((offset) => {
    const starts = windows.map(({ dilation }, axis) => offset[axis] * dilation);
    const ends = windows.map(({ stride, count }, axis) => starts[axis] + (count - 1) * stride + 1);
    const bounds = [starts, ends, windows.map((_, axis) => axis + 2), strides].map((values) => graph.integers(values));
    const at = graph.node('Slice', [padded, ...bounds], shape);
    const equal = graph.node('Equal', [at, output], shape, {}, { type: 'bool' });
    const part = graph.node('Mul', [graph.node('Cast', [equal], shape, { to: 1 }), remaining], shape);
    remaining = graph.node('Sub', [remaining, part], shape);
    return part;
  });
}

const offsetsOf = (windows: readonly AxisWindows[]): readonly number[][] =>
  windows.reduce<number[][]>(
    (offsets, { kernel }) =>
      offsets.flatMap((offset) => Array.from({ length: kernel }, (_, next) => [...offset, next])),
    [[]],
  );

/** The offsets' gradients side by side in their tiles. What lies beyond the last tile has none. */
function placeTiles(graph: Graph, parts: readonly Value[], windows: readonly AxisWindows[]): Value {
  const [n, c, height, width] = parts[0].shape;
  const { kernel } = windows[0];
  const one = [n, c, 1, height, width];
  const columns = parts.map((part) => graph.node('Unsqueeze', [part, graph.integers([2])], one));
  const stacked = graph.node('Concat', columns, [n, c, parts.length, height, width], { axis: 2 });
  const flatShape = [n, c * parts.length, height, width];
  // 0 keeps the batch size, whatever it is.
  const flat = graph.node('Reshape', [stacked, graph.integers([0, ...flatShape.slice(1)])], flatShape);
  const shape = [n, c, height * kernel, width * kernel];
  const placed =
    graph.target === 'webgpu'
      ? graph.node('DepthToSpace', [flat], shape, { blocksize: kernel, mode: 'CRD' })
      : graph.node('ConvTranspose', [flat, tilePlaces(graph, c, kernel)], shape, {
          group: c,
          strides: [kernel, kernel],
          kernel_shape: [kernel, kernel],
        });
  return bordered(graph, placed, windows, ({ side, count }) => [0, side - count * kernel], 0);
}

/** Filters that put offset (i, j) at (i, j) of its tile, one output channel a group: on the CPU a fifth faster than DepthToSpace. */
function tilePlaces(graph: Graph, channels: number, kernel: number): Value {
  const offsets = kernel * kernel;
  const filters = new Float32Array(channels * offsets * offsets);
  for (let row = 0; row < channels * offsets; row++) filters[row * offsets + (row % offsets)] = 1;
  return graph.initializer(filters, [channels * offsets, 1, kernel, kernel]);
}

/**
 * The offsets' gradients in place, and added up where windows overlap: along each axis, the last one first, a product of the
 * offsets side by side with a matrix of zeros and ones. (onnxruntime 1.30's WebGPU kernel of a grouped ConvTranspose goes wrong where
 * a group has an even number of channels.)
 */
function placeParts(graph: Graph, parts: readonly Value[], windows: readonly AxisWindows[]): Value {
  let level = parts;
  for (let axis = windows.length - 1; axis >= 0; axis--) {
    const { side, kernel, stride, dilation, before, count } = windows[axis];
    const entries: [number, number, number][] = [];
    for (let offset = 0; offset < kernel; offset++) {
      for (let window = 0; window < count; window++) {
        const pixel = window * stride + offset * dilation - before;
        if (pixel >= 0 && pixel < side) entries.push([pixel, offset * count + window, 1]);
      }
    }
    const matrix = axisMatrix(side, kernel * count, entries);
    level = Array.from({ length: level.length / kernel }, (_, i) => {
      const together = level.slice(i * kernel, (i + 1) * kernel);
      const shape = together[0].shape.map((length, j) => (j === axis + 2 ? kernel * length : length));
      const joined = kernel === 1 ? together[0] : graph.node('Concat', together, shape, { axis: axis + 2 });
      return multiplyAxis(graph, joined, axis + 2, matrix);
    });
  }
  return level[0];
}
