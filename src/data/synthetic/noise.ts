/** Smooth random fields over the plane: the same value for the same point and seed, whatever is asked before. */

/** A well-mixed 32-bit number for a lattice point. */
function hash(x: number, y: number, seed: number): number {
  let h = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ seed;
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return (h ^ (h >>> 15)) >>> 0;
}

const toUnit = 1 / 0x100000000;

/** Value noise in [0, 1]: random values at whole coordinates, smoothly joined; features are about one unit wide. */
export function noise(x: number, y: number, seed: number): number {
  const ix = Math.floor(x);
  const iy = Math.floor(y);
  const fx = x - ix;
  const fy = y - iy;
  const wx = fx * fx * (3 - 2 * fx);
  const wy = fy * fy * (3 - 2 * fy);
  const top = hash(ix, iy, seed) * (1 - wx) + hash(ix + 1, iy, seed) * wx;
  const bottom = hash(ix, iy + 1, seed) * (1 - wx) + hash(ix + 1, iy + 1, seed) * wx;
  return (top * (1 - wy) + bottom * wy) * toUnit;
}

/** Noise summed over octaves of halving width and height, in [0, 1] with mean 0.5. */
export function cloud(x: number, y: number, seed: number, octaves: number): number {
  let sum = 0;
  let weight = 0;
  let height = 1;
  let frequency = 1;
  for (let octave = 0; octave < octaves; octave++) {
    sum += height * noise(x * frequency, y * frequency, seed + octave * 7919);
    weight += height;
    height *= 0.5;
    frequency *= 2.03;
  }
  return sum / weight;
}

/**
 * Distance to the nearest edge between cells of a random tiling (Worley 1996: the second nearest point's distance less the
 * nearest's), 0 on the edges and up to about 1 inside: a honeycomb, like the pigment network.
 */
export function cellEdge(x: number, y: number, seed: number, disorder: number): number {
  const ix = Math.floor(x);
  const iy = Math.floor(y);
  let nearest = 9;
  let second = 9;
  for (let cy = iy - 1; cy <= iy + 1; cy++) {
    for (let cx = ix - 1; cx <= ix + 1; cx++) {
      const h = hash(cx, cy, seed);
      // Every second row is shifted by half a cell, which makes a regular tiling hexagonal.
      const px = cx + 0.5 + (cy & 1 ? 0.25 : -0.25) + ((h & 0xffff) / 0xffff - 0.5) * disorder - x;
      const py = cy + 0.5 + ((h >>> 16) / 0xffff - 0.5) * disorder - y;
      const distance = px * px + py * py;
      if (distance < nearest) {
        second = nearest;
        nearest = distance;
      } else if (distance < second) second = distance;
    }
  }
  return Math.sqrt(second) - Math.sqrt(nearest);
}

/** 0 below `low`, 1 above `high` (or the reverse where low > high), smooth between. */
export function smoothStep(low: number, high: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return t * t * (3 - 2 * t);
}
