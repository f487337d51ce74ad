/** The inputs of makeGradientFixtures.py, by the same formula. */
export function wave(count: number, phase: number, scale = 1): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => scale * Math.sin(i * 1.7 + phase + 0.3 * Math.sin(i * 0.11)));
}

/** The same with few different values, so that windows of a pooling have ties. Rounds halves to even, as PyTorch does. */
export function coarseWave(count: number, phase: number): Float32Array {
  return wave(count, phase).map((value) => roundHalfToEven(value * 2) / 2);
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
