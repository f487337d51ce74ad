/** Lets work through, piece by piece, and can be closed for a moment in which something else has the machine to itself. */
export interface Turnstile {
  /** Does a piece of work, once the turnstile is open. @throws what the work throws, or what was done alone threw */
  pass<T>(piece: () => Promise<T>): Promise<T>;
  /** Closes, waits until nobody is inside, does something, and opens again; stays shut where that fails. @throws what it throws */
  alone<T>(work: () => Promise<T>): Promise<T>;
}

/** An open turnstile. */
export function makeTurnstile(): Turnstile {
  let closed: Promise<unknown> | undefined;
  let inside = 0;
  let emptied: (() => void) | undefined;
  return {
    async pass(piece) {
      while (closed) await closed;
      inside += 1;
      try {
        return await piece();
      } finally {
        inside -= 1;
        if (inside === 0) emptied?.();
      }
    },
    async alone(work) {
      const empty = new Promise<void>((resolve) => {
        emptied = resolve;
        if (inside === 0) resolve();
      });
      const done = empty.then(work);
      closed = done;
      const result = await done;
      closed = undefined;
      return result;
    },
  };
}
