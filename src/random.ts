import { requireInteger, unexpected } from './checks.js';

/** Numbers of an array that are drawn at a time: even, and their words stay near the processor. */
const blockLength = 1024;

/** A number in [0, 1) from two words of 32 bits. */
const fraction = (high: number, low: number): number => ((high >>> 5) * 0x4000000 + (low >>> 6)) / 0x20000000000000;

function requireNormal(mean: number, standardDeviation: number): void {
  if (!(Number.isFinite(mean) && standardDeviation >= 0 && standardDeviation < Number.POSITIVE_INFINITY))
    throw unexpected('normal', 'a finite mean and a deviation from 0', `${mean} and ${standardDeviation}`);
}

/**
 * Seeded random numbers, the same in Node and in the browser. Every use takes a stream of its own, named for what it is
 * for and for where it stands (`new Random(seed, 'augmentation', epoch, image)`), so that results don't depend on the
 * order or on the number of workers that draw.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  #spareNormal: number | undefined;

  /**
   * @param seed any integer; @param stream names and numbers that tell this stream from all others
   * @throws LesionlabError kind `usage` for a seed that is none
   */
  constructor(seed: number, ...stream: (string | number)[]) {
    requireInteger('seed', seed);
    // FNV-1a over the stream's name; sfc32 below then mixes for 12 rounds before first use.
    let hash = 0x811c9dc5;
    const text = [seed, ...stream].join('\u0000');
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    this.#a = hash | 0;
    let second = 0x9e3779b9;
    for (let i = text.length - 1; i >= 0; i--) second = Math.imul(second ^ text.charCodeAt(i), 0x85ebca6b);
    this.#b = second | 0;
    this.#c = Math.trunc(seed) | 0;
    for (let i = 0; i < 12; i++) this.uint32();
  }

  /** A whole number in [0, 2^32). The generator is sfc32 (Chris Doty-Humphrey, PractRand). */
  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    // Kept within 32 bits: engines store larger numbers on the heap.
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A number in [0, 1), 53 bits. */
  next(): number {
    return fraction(this.uint32(), this.uint32());
  }

  /** A number in [low, high), or (high, low] where these are the other way round. */
  uniform(low: number, high: number): number {
    if (!Number.isFinite(high - low)) throw unexpected('uniform', 'finite bounds', `[${low}, ${high})`);
    return low + (high - low) * this.next();
  }

  /** A whole number in [0, bound). @param bound a whole number from 1 */
  integer(bound: number): number {
    // Drawn by the million: the check by name only where it fails.
    if (!(bound >= 1 && Number.isSafeInteger(bound))) requireInteger('bound', bound, { min: 1 });
    return Math.floor(this.next() * bound);
  }

  /** A draw from the normal distribution (Box and Muller 1958). */
  normal(mean = 0, standardDeviation = 1): number {
    requireNormal(mean, standardDeviation);
    let z = this.#spareNormal;
    this.#spareNormal = undefined;
    if (z === undefined) {
      const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
      const angle = 2 * Math.PI * this.next();
      z = radius * Math.cos(angle);
      this.#spareNormal = radius * Math.sin(angle);
    }
    return mean + standardDeviation * z;
  }

  /** Fills an array as `uniform` would, number by number, in a third of the time. */
  fillUniform(values: Float32Array, low: number, high: number): void {
    if (!Number.isFinite(high - low)) throw unexpected('uniform', 'finite bounds', `[${low}, ${high})`);
    const words = new Int32Array(2 * Math.min(values.length, blockLength));
    for (let begin = 0; begin < values.length; begin += blockLength) {
      const end = Math.min(values.length, begin + blockLength);
      this.#drawWords(words, 2 * (end - begin));
      for (let i = begin, at = 0; i < end; i++, at += 2)
        values[i] = low + (high - low) * fraction(words[at], words[at + 1]);
    }
  }

  /** Fills an array as `normal` would, number by number, in two thirds of the time. */
  fillNormal(values: Float32Array, mean: number, standardDeviation: number): void {
    requireNormal(mean, standardDeviation);
    let first = 0;
    // What a call before left over, and last what is left over by this one.
    if (this.#spareNormal !== undefined && values.length > 0) values[first++] = this.normal(mean, standardDeviation);
    const last = values.length - ((values.length - first) % 2);
    const words = new Int32Array(2 * Math.min(last - first, blockLength));
    for (let begin = first; begin < last; begin += blockLength) {
      const end = Math.min(last, begin + blockLength);
      this.#drawWords(words, 2 * (end - begin));
      for (let i = begin, at = 0; i < end; i += 2, at += 4) {
        const radius = Math.sqrt(-2 * Math.log(1 - fraction(words[at], words[at + 1])));
        const angle = 2 * Math.PI * fraction(words[at + 2], words[at + 3]);
        values[i] = mean + standardDeviation * (radius * Math.cos(angle));
        values[i + 1] = mean + standardDeviation * (radius * Math.sin(angle));
      }
    }
    if (last < values.length) values[last] = this.normal(mean, standardDeviation);
  }

  /** The next words of the generator, its state in local variables all the while. */
  #drawWords(words: Int32Array, count: number): void {
    let [a, b, c, counter] = [this.#a, this.#b, this.#c, this.#counter];
    for (let i = 0; i < count; i++) {
      const sum = (a + b + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + sum) | 0;
      words[i] = sum;
    }
    [this.#a, this.#b, this.#c, this.#counter] = [a, b, c, counter];
  }

  /** Shuffles in place (Fisher and Yates) and returns the same array. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const kept = items[i];
      items[i] = items[j];
      items[j] = kept;
    }
    return items;
  }
}
