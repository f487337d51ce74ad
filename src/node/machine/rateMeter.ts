/** Units per second over the last seconds, so that a slow start does not spoil the forecast for ever. */
export class RateMeter {
  /** Seconds that count. */
  static readonly window = 20;
  readonly #start: number;
  #samples: { time: number; done: number }[] = [];

  constructor(start: number) {
    this.#start = start;
  }

  add(time: number, done: number): void {
    if (this.#samples.length === 0) {
      // Work that is taken up again begins with many units done: those were not done since the start.
      this.#samples.push(done > 1 ? { time, done } : { time: this.#start, done: 0 });
      if (done > 1) return;
    }
    const last = this.#samples.at(-1)!;
    // Many updates a second would make a long list; four a second are enough.
    if (this.#samples.length > 1 && time - this.#samples.at(-2)!.time < 0.25) {
      last.time = time;
      last.done = done;
    } else this.#samples.push({ time, done });
    while (this.#samples.length > 2 && time - this.#samples[1].time > RateMeter.window) this.#samples.shift();
  }

  /** undefined until there is something to tell from. */
  rate(): number | undefined {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || !last || last.time - first.time < 0.2 || last.done <= first.done) return undefined;
    return (last.done - first.done) / (last.time - first.time);
  }
}
