/** The inputs of makeModelFixtures.py, by the same formulas. */

/** Uniform numbers of that standard deviation from an integer hash. */
export function noise(count: number, stream: number, spread = 1, middle = 0): Float32Array {
  const offset = Number((BigInt(stream) * 0x9e3779b9n) & 0xffffffffn);
  return Float32Array.from({ length: count }, (_, i) => {
    let h = Math.imul(i + 1 + offset, 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    h = Math.imul(h ^ (h >>> 16), 0x27d4eb2f);
    h ^= h >>> 15;
    return ((h >>> 0) / 2 ** 32 - 0.5) * Math.sqrt(12) * spread + middle;
  });
}

/** [batch, 3, side, side]: each image and channel has its own waves, and some noise. */
export function noisyImages(batch: number, side: number, stream: number): Float32Array {
  const found = noise(batch * 3 * side * side, stream, 0.4);
  for (let i = 0; i < found.length; i++) {
    const [x, y] = [i % side, Math.floor(i / side) % side];
    const plane = Math.floor(i / (side * side));
    const [n, c] = [Math.floor(plane / 3), plane % 3];
    const angle = 1.3 * n + 0.7 * c + stream;
    found[i] += Math.fround(Math.sin(0.1 * (x * Math.cos(angle) + y * Math.sin(angle)) + 2.1 * n + c));
  }
  return found;
}
