/** Numbers that are kept apart: what lies outside becomes the nearer end. */
export interface ActivationRange {
  readonly minimum: number;
  readonly maximum: number;
}

/** What calibration saw of a value: how far it reaches, and the mean of each channel. */
export interface ActivationStatistics extends ActivationRange {
  /** [C] */
  readonly means: Float64Array;
}

/** real = scale * (q - zeroPoint), q from 0 to 255 (Jacob et al. 2018, equation 1). */
export interface AffineCode {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** The code of a range in 8 bits; zero has a code of its own, since padding and ReLU make many zeros (section 2.1). */
export function affineCode({ minimum, maximum }: ActivationRange): AffineCode {
  const low = Math.min(0, minimum);
  const high = Math.max(0, maximum);
  // Nothing but zeros: any scale is right.
  if (high - low < 1e-30) return { scale: 1, zeroPoint: 0 };
  // As the file holds it.
  const scale = Math.fround((high - low) / 255);
  return { scale, zeroPoint: Math.min(255, Math.max(0, Math.round(-low / scale))) };
}

/** Gathers the statistics of a value [N, C, ...] over batches. */
export class StatisticsCollector {
  #minimum = Number.POSITIVE_INFINITY;
  #maximum = Number.NEGATIVE_INFINITY;
  #count = 0;
  readonly #sums: Float64Array;

  constructor(readonly channels: number) {
    this.#sums = new Float64Array(channels);
  }

  /** @param values [N, C, ...] of `images` images @throws Error where a value isn't finite */
  add(values: Float32Array, images: number): void {
    const plane = values.length / (images * this.channels);
    for (let row = 0; row < images * this.channels; row++) {
      let sum = 0;
      for (let i = row * plane; i < (row + 1) * plane; i++) {
        const value = values[i];
        if (value < this.#minimum) this.#minimum = value;
        if (value > this.#maximum) this.#maximum = value;
        sum += value;
      }
      if (!Number.isFinite(sum)) throw new Error("there are values that aren't finite");
      this.#sums[row % this.channels] += sum;
    }
    this.#count += images * plane;
  }

  get statistics(): ActivationStatistics {
    return { minimum: this.#minimum, maximum: this.#maximum, means: this.#sums.map((sum) => sum / this.#count) };
  }
}
