import type { Shape } from '../graph/index.js';

/**
 * TensorFlow's padding SAME for [N, C, H, W]: as many windows as strides fit into each side, rounded up; what is odd goes below and to the
 * right. @returns [top, left, bottom, right], pixels
 */
export function samePadding(shape: Shape, kernel: number, stride: number): number[] {
  const missing = shape.slice(2).map((side) => Math.max(0, (Math.ceil(side / stride) - 1) * stride + kernel - side));
  const before = missing.map((pixels) => Math.floor(pixels / 2));
  return [...before, ...missing.map((pixels, axis) => pixels - before[axis])];
}
