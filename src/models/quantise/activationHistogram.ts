/** Bins on each side of zero. */
const binsPerSide = 2048;

/** Numbers counted by size, for the choice of an activation's range: seen once, kept in constant memory. */
export class ActivationHistogram {
  /** Smallest and largest number seen; zero is always within. */
  minimum = 0;
  maximum = 0;
  /** Bin i holds numbers from (i - binsPerSide) to (i - binsPerSide + 1) times `binWidth`. */
  readonly counts = new Float64Array(2 * binsPerSide);
  #reach = 0;

  get binWidth(): number {
    return this.#reach / binsPerSide;
  }

  /** Lower end of a bin. */
  edge(bin: number): number {
    return (bin - binsPerSide) * this.binWidth;
  }

  /** Counts numbers; those that aren't finite are left out and counted in the result. */
  add(values: Float32Array): number {
    let unusable = 0;
    let low = 0;
    let high = 0;
    for (const value of values) {
      if (!Number.isFinite(value)) unusable += 1;
      else if (value < low) low = value;
      else if (value > high) high = value;
    }
    this.minimum = Math.min(this.minimum, low);
    this.maximum = Math.max(this.maximum, high);
    this.#widen(Math.max(high, -low));
    if (this.#reach === 0) {
      this.counts[binsPerSide] += values.length - unusable;
      return unusable;
    }
    const factor = 1 / this.binWidth;
    const last = this.counts.length - 1;
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      const bin = Math.floor(value * factor) + binsPerSide;
      this.counts[bin < 0 ? 0 : bin > last ? last : bin] += 1;
    }
    return unusable;
  }

  /** Doubles the bins' width until a number fits: two bins become one, so nothing needs to be seen again. */
  #widen(reach: number): void {
    if (reach <= this.#reach) return;
    if (this.#reach === 0) {
      this.#reach = reach;
      return;
    }
    const { counts } = this;
    while (this.#reach < reach) {
      const merged = new Float64Array(counts.length);
      for (let i = 0; i < counts.length; i++) merged[((i - binsPerSide) >> 1) + binsPerSide] += counts[i];
      counts.set(merged);
      this.#reach *= 2;
    }
  }
}
