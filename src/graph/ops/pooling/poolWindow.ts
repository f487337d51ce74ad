import { unexpected, Words } from '../../../checks.js';
import type { Attributes, Value } from '../../graph.js';
import { reach, type WindowAttributes, windowNumbers } from '../../slidingWindow.js';

/** Attributes of poolings, in pixels. */
export interface PoolAttributes extends WindowAttributes {
  /** Side of the window; or one an axis. */
  readonly kernel: number | readonly number[];
  /**
   * Sides are rounded up: the last window may reach beyond the border. One that would begin in the border behind is left out, as in
   * PyTorch. Default false.
   */
  readonly ceilMode?: boolean;
}

/** Windows along one axis. */
export interface AxisWindows {
  /** Of the input. */
  readonly side: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Border before and behind, as asked. */
  readonly before: number;
  readonly behind: number;
  /** Border behind that the last window needs, at least `behind`. */
  readonly reached: number;
  /** How many windows there are. */
  readonly count: number;
}

/**
 * The windows over x [N, C, ...] along each of its axes from the third on.
 * @throws LesionlabError kind `usage` where x has no such axis, an attribute is none, or a window would see nothing but border
 */
export function poolWindows(operator: string, x: Value, attributes: PoolAttributes): AxisWindows[] {
  const { ceilMode = false } = attributes;
  const found = new Words(`${x?.type} [${x?.shape?.join(', ')}]`);
  if (!x?.shape || x.type !== 'float32' || x.shape.length < 3 || x.shape.length > 5)
    throw unexpected(`${operator}, input`, 'float32 [N, C, L], [N, C, H, W] or [N, C, D, H, W]', x?.shape ? found : x);
  if (typeof ceilMode !== 'boolean') throw unexpected(`${operator}, ceilMode`, 'true or false', ceilMode);
  const sides = x.shape.slice(2);
  const numbers = windowNumbers(operator, sides.length, attributes.kernel, attributes);
  return sides.map((side, axis) => {
    const [kernel, stride, dilation] = [numbers.kernel[axis], numbers.stride[axis], numbers.dilation[axis]];
    const [before, behind] = [numbers.before[axis], numbers.after[axis]];
    const extent = reach(kernel, dilation);
    const steps = (before + side + behind - extent) / stride;
    const rounded = ceilMode ? Math.ceil(steps) : Math.floor(steps);
    const least = extent - before - behind - (ceilMode ? stride - 1 : 0);
    if (rounded < 0)
      throw unexpected(
        `${operator}, input`,
        `at least ${least} pixels along axis ${axis + 2} for a window of ${extent} with padding ${before} and ${behind}`,
        found,
        'Take larger images, or fewer layers that halve them.',
      );
    const beyond = ceilMode && rounded * stride >= before + side;
    const count = (beyond ? rounded - 1 : rounded) + 1;
    const reached = Math.max(behind, (count - 1) * stride + extent - side - before);
    const windows = { side, kernel, stride, dilation, before, behind, reached, count };
    const blind = Array.from({ length: count }, (_, window) => pixelsOf(windows, window).length).indexOf(0);
    if (count < 1 || blind >= 0)
      throw unexpected(
        `${operator}, padding`,
        `windows that see pixels, each of them (kernel ${kernel}, dilation ${dilation})`,
        new Words(`padding ${before} and ${behind} for ${side} pixels along axis ${axis + 2}`),
      );
    return windows;
  });
}

/** Pixels of the input that a window sees. */
export function pixelsOf({ side, kernel, stride, dilation, before }: AxisWindows, window: number): number[] {
  const pixels: number[] = [];
  for (let offset = 0; offset < kernel; offset++) {
    const pixel = window * stride + offset * dilation - before;
    if (pixel >= 0 && pixel < side) pixels.push(pixel);
  }
  return pixels;
}

/** ONNX attributes of a pooling with these windows; the border behind is what the last window needs, so that nothing is left to round. */
export function windowAttributes(windows: readonly AxisWindows[]): Attributes {
  const dilated = windows.some(({ dilation }) => dilation > 1);
  return {
    kernel_shape: windows.map(({ kernel }) => kernel),
    strides: windows.map(({ stride }) => stride),
    pads: [...windows.map(({ before }) => before), ...windows.map(({ reached }) => reached)],
    ...(dilated && { dilations: windows.map(({ dilation }) => dilation) }),
  };
}

/** onnxruntime refuses a border as wide as the kernel, even where dilated windows reach over it. */
export const bordersFit = (windows: readonly AxisWindows[]): boolean =>
  windows.every(({ kernel, before, reached }) => before < kernel && reached < kernel);

/** Each pixel is in one window: squares side by side, from the first pixel to the last. */
export const areTiles = (windows: readonly AxisWindows[]): boolean =>
  windows.every(
    ({ side, kernel, stride, dilation, before, reached, count }) =>
      kernel === stride &&
      (dilation === 1 || kernel === 1) &&
      kernel === windows[0].kernel &&
      before === 0 &&
      reached === 0 &&
      count * kernel <= side,
  );
