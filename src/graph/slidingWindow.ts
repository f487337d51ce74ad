import { requireInteger, requireLength, requireNumbers, unexpected, Words } from '../checks.js';
import type { Shape } from './graph.js';

/** How a window slides over [N, C, H, W] (or [N, C, L]), in pixels: a number for all axes, or a list with one for each. */
export interface WindowAttributes {
  /** From one place of the window to the next, from 1. */
  readonly stride: number | readonly number[];
  /** Border of the input, from 0; a list has all axes' beginnings, then all their ends, as in ONNX. */
  readonly padding: number | readonly number[];
  /** From one pixel of the window to the next, from 1, which is the default. */
  readonly dilation?: number | readonly number[];
}

/** A window with a number for each axis, and what comes out of it. */
export interface SlidingWindow {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** Padding at the beginning of each axis. */
  readonly before: readonly number[];
  /** Padding at the end of each axis. */
  readonly after: readonly number[];
  /** Sides of the result, [H', W'] or [L']. */
  readonly sides: readonly number[];
}

/** A convolution's window, and groups of channels that have filters of their own. */
export interface ConvGeometry extends SlidingWindow {
  readonly groups: number;
}

/** A window's numbers, one for each axis. */
export type WindowNumbers = Omit<SlidingWindow, 'sides'>;

/** Pixels over which a window's kernel reaches. */
export const reach = (kernel: number, dilation: number): number => dilation * (kernel - 1) + 1;

/**
 * The numbers of a window over some axes, checked.
 * @param kernel sides of the window, a number for all axes or one for each
 * @throws LesionlabError kind `usage`
 */
export function windowNumbers(
  operator: string,
  axes: number,
  kernel: number | readonly number[],
  { stride, padding, dilation = 1 }: WindowAttributes,
): WindowNumbers {
  const each = (name: string, given: number | readonly number[], min: number, count = axes): readonly number[] => {
    const what = `${operator}, ${name}`;
    if (!Array.isArray(given)) return new Array(count).fill(requireInteger(what, given as number, { min }));
    requireLength(what, given, count, `for a window over ${axes} axes`);
    requireNumbers(what, given, { min }, true);
    return given;
  };
  const borders = each('padding', padding, 0, 2 * axes);
  return {
    kernel: each('kernel', kernel, 1),
    stride: each('stride', stride, 1),
    dilation: each('dilation', dilation, 1),
    before: borders.slice(0, axes),
    after: borders.slice(axes),
  };
}

/**
 * A window on its input: every place where it fits, sides rounded down.
 * @param shape of the input, [N, C, H, W] or [N, C, L] @param kernel sides of the window, one for each axis
 * @throws LesionlabError kind `usage` where the window is none, or larger than the input with its padding
 */
export function slidingWindow(
  operator: string,
  shape: Shape,
  kernel: readonly number[],
  attributes: WindowAttributes,
): SlidingWindow {
  const window = windowNumbers(operator, shape.length - 2, kernel, attributes);
  const { stride, dilation, before, after } = window;
  const reaches = kernel.map((side, i) => reach(side, dilation[i]));
  const sides = shape.slice(2).map((side, i) => Math.floor((side + before[i] + after[i] - reaches[i]) / stride[i]) + 1);
  if (Math.min(...sides) >= 1) return { ...window, sides };
  const least = reaches.map((side, i) => Math.max(1, side - before[i] - after[i]));
  throw unexpected(
    `${operator}, input`,
    `at least ${least.join(' x ')} pixels for a window of ${reaches.join(' x ')} with padding ${[...before, ...after]}`,
    new Words(`[${shape.join(', ')}]`),
    'Take larger images, or fewer layers that halve them.',
  );
}
