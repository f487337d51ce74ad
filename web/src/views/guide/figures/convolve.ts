/** Grey values row by row. */
export interface Grey {
  readonly side: number;
  readonly values: Float32Array;
}

/**
 * One filter of a convolution layer on one channel, as ONNX and PyTorch define it (no flipping), without padding.
 * @param kernel [3, 3] row by row
 * @returns side - 2
 */
export function convolve({ side, values }: Grey, kernel: readonly number[]): Grey {
  const out = side - 2;
  const result = new Float32Array(out * out);
  for (let y = 0; y < out; y++)
    for (let x = 0; x < out; x++) {
      let sum = 0;
      for (let k = 0; k < 9; k++) sum += kernel[k] * values[(y + Math.trunc(k / 3)) * side + x + (k % 3)];
      result[y * out + x] = sum;
    }
  return { side: out, values: result };
}

/** Negative values become 0. */
export const rectify = ({ side, values }: Grey): Grey => ({ side, values: values.map((value) => Math.max(0, value)) });

/** The largest of each 2 x 2 values; an odd last row or column is left out. */
export function maxPool({ side, values }: Grey): Grey {
  const out = side >> 1;
  const result = new Float32Array(out * out);
  for (let y = 0; y < out; y++)
    for (let x = 0; x < out; x++) {
      const at = 2 * y * side + 2 * x;
      result[y * out + x] = Math.max(values[at], values[at + 1], values[at + side], values[at + side + 1]);
    }
  return { side: out, values: result };
}
