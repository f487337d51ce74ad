/** bfloat16 as float32, of which it is the upper half. */
export const bfloatsToFloats = (halves: Uint16Array): Float32Array<ArrayBuffer> =>
  new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);

/** IEEE 754 binary16 as float32: 1 sign bit, 5 exponent bits (bias 15), 10 fraction bits. */
export function halvesToFloats(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const floats = new Float32Array(halves.length);
  const words = new Uint32Array(floats.buffer);
  for (let i = 0; i < halves.length; i++) {
    const sign = halves[i] & 0x8000;
    const exponent = (halves[i] >> 10) & 31;
    const fraction = halves[i] & 1023;
    if (exponent === 0) floats[i] = (sign ? -1 : 1) * fraction * 2 ** -24;
    // float32's exponent has bias 127; all ones stay all ones (infinity, NaN).
    else words[i] = (sign << 16) | ((exponent === 31 ? 255 : exponent + 112) << 23) | (fraction << 13);
  }
  return floats;
}
