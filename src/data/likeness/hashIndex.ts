import type { ImageHash } from './imageHash.js';

const blocks = 4;
const blockBits = 16;

/**
 * Finds hashes that differ in few bits without comparing each with each: each is filed under four parts of 16 bits, and hashes that differ in at most d
 * bits differ in at most d / 4 of them in one of these parts at least (multi-index hashing: Norouzi, Punjani and Fleet 2012).
 */
export class HashIndex {
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;
  readonly #radius: number;
  /** By block: where each key's positions begin, and the positions. */
  readonly #starts: readonly Uint32Array[];
  readonly #positions: readonly Uint32Array[];
  /** Keys within the radius of a block are a key with one of these turned over. */
  readonly #flips: readonly number[];
  readonly #seen: Uint32Array;
  #query = 0;

  /** @param radius differing bits up to which hashes are found */
  constructor(high: Uint32Array, low: Uint32Array, radius: number) {
    this.#high = high;
    this.#low = low;
    this.#radius = radius;
    this.#seen = new Uint32Array(high.length);
    this.#flips = flipsWithin(Math.floor(radius / blocks));
    const sorted = Array.from({ length: blocks }, (_, block) => this.#sort(block));
    this.#starts = sorted.map(({ starts }) => starts);
    this.#positions = sorted.map(({ positions }) => positions);
  }

  #sort(block: number) {
    const starts = new Uint32Array(2 ** blockBits + 1);
    const n = this.#high.length;
    for (let i = 0; i < n; i++) starts[keyOf(this.#high[i], this.#low[i], block) + 1]++;
    for (let key = 0; key < 2 ** blockBits; key++) starts[key + 1] += starts[key];
    const next = starts.slice();
    const positions = new Uint32Array(n);
    for (let i = 0; i < n; i++) positions[next[keyOf(this.#high[i], this.#low[i], block)]++] = i;
    return { starts, positions };
  }

  /** Calls `found` with each position behind `after` whose hash differs in at most `radius` bits, once. */
  query({ high, low }: ImageHash, after: number, found: (position: number, distance: number) => void): void {
    const query = ++this.#query;
    for (let block = 0; block < blocks; block++) {
      const key = keyOf(high, low, block);
      const [starts, positions] = [this.#starts[block], this.#positions[block]];
      for (const flip of this.#flips) {
        const end = starts[(key ^ flip) + 1];
        for (let at = starts[key ^ flip]; at < end; at++) {
          const position = positions[at];
          if (position <= after || this.#seen[position] === query) continue;
          this.#seen[position] = query;
          const distance = countBits(this.#high[position] ^ high) + countBits(this.#low[position] ^ low);
          if (distance <= this.#radius) found(position, distance);
        }
      }
    }
  }
}

const keyOf = (high: number, low: number, block: number): number =>
  (block < 2 ? low >>> (blockBits * block) : high >>> (blockBits * (block - 2))) & 0xffff;

function flipsWithin(radius: number): number[] {
  let flips = [0];
  for (let r = 0; r < radius; r++)
    flips = [
      ...new Set(flips.flatMap((flip) => [flip, ...Array.from({ length: blockBits }, (_, b) => flip ^ (1 << b))])),
    ];
  return flips;
}

/** Bits that are set in 32. */
function countBits(value: number): number {
  let v = value - ((value >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
