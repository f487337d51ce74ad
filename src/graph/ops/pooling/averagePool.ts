import { unexpected } from '../../../checks.js';
import { type AxisMatrix, axisMatrix, multiplyAxis, transposed } from '../../axisMatrix.js';
import { blockedNode, padPixels, toBlocked } from '../../blocked/layout.js';
import { type Graph, type Operator, toPlain, type Value } from '../../graph.js';
import {
  type AxisWindows,
  areTiles,
  bordersFit,
  type PoolAttributes,
  pixelsOf,
  poolWindows,
  windowAttributes,
} from './poolWindow.js';

/** Attributes of `averagePool`. */
export interface AveragePoolAttributes extends PoolAttributes {
  /**
   * Zeros of the border count as pixels; what a rounded-up window sees beyond it never does. ONNX's default is false, PyTorch's
   * true.
   */
  readonly countPadding?: boolean;
}

/**
 * Mean of each window: x [N, C, L], [N, C, H, W] or [N, C, D, H, W] to the same with a position a window. It is a product with
 * one matrix an axis, and so is its gradient; where a device has a faster operator for it, that is used.
 */
export const averagePool: Operator<AveragePoolAttributes> = {
  name: 'averagePool',
  anyLayout: true,
  lower(graph, [x], attributes) {
    const windows = poolWindows('averagePool', x, attributes);
    const { countPadding = false } = attributes;
    if (typeof countPadding !== 'boolean') throw unexpected('averagePool, countPadding', 'true or false', countPadding);
    const shape = [...x.shape.slice(0, 2), ...windows.map(({ count }) => count)];
    if (!nativeCounts(windows, attributes)) {
      return windows.reduce(
        (value, own, axis) => multiplyAxis(graph, value, axis + 2, meanMatrix(own, attributes)),
        toPlain(graph, x),
      );
    }
    const own = { ...windowAttributes(windows), count_include_pad: countsBorder(windows, attributes) ? 1 : 0 };
    return x.layout ? blockedNode(graph, 'AveragePool', [x], shape, own) : graph.node('AveragePool', [x], shape, own);
  },
  gradient(graph, { inputs: [x], outputGradient, attributes }) {
    const windows = poolWindows('averagePool', x, attributes);
    const tiles = windows.length === 2 && areTiles(windows);
    if (tiles && x.layout) return [spreadBlocked(graph, toBlocked(graph, outputGradient), windows)];
    return [
      windows.reduce(
        (value, own, axis) => multiplyAxis(graph, value, axis + 2, transposed(meanMatrix(own, attributes))),
        toPlain(graph, outputGradient),
      ),
    ];
  },
};

const countsBorder = (windows: readonly AxisWindows[], { countPadding = false }: AveragePoolAttributes): boolean =>
  countPadding && windows.some(({ before, behind }) => before + behind > 0);

/** Whether AveragePool of operator set 17 counts as is asked: it has no dilation, and the border behind is one with what windows see beyond it. */
function nativeCounts(windows: readonly AxisWindows[], attributes: AveragePoolAttributes): boolean {
  const border = countsBorder(windows, attributes);
  return (
    windows.length < 3 &&
    bordersFit(windows) &&
    windows.every(({ dilation, behind, reached }) => dilation === 1 && (!border || behind === reached))
  );
}

/** Along one axis: a row a window, a share for each pixel that it sees. */
function meanMatrix(windows: AxisWindows, { countPadding = false }: AveragePoolAttributes): AxisMatrix {
  const { side, count, before, behind } = windows;
  const bordered = { ...windows, side: side + before + behind, before: 0 };
  const entries: [number, number, number][] = [];
  for (let window = 0; window < count; window++) {
    const pixels = pixelsOf(windows, window);
    const counted = countPadding ? pixelsOf(bordered, window).length : pixels.length;
    for (const pixel of pixels) entries.push([window, pixel, 1 / counted]);
  }
  return axisMatrix(count, side, entries);
}

/** The gradient of each tile, shared by its pixels; what lies beyond the last tile has none. */
function spreadBlocked(graph: Graph, gradient: Value, windows: readonly AxisWindows[]): Value {
  const { kernel } = windows[0];
  const [n, c, height, width] = gradient.shape;
  const share = graph.node('Mul', [gradient, graph.scalar(1 / kernel ** 2)], gradient.shape, {}, gradient);
  const covered = [n, c, height * kernel, width * kernel];
  const spread = blockedNode(graph, 'Upsample', [share], covered, { scales: [1, 1, kernel, kernel] });
  const [rows, columns] = windows.map(({ side, count }) => side - count * kernel);
  return padPixels(graph, spread, [0, 0], [rows, columns], 0);
}
