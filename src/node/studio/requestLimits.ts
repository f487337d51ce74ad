/** How long, in milliseconds, a client may take, and how many may be connected. */
export interface RequestLimits {
  /** For the lines of a request. */
  readonly headers: number;
  /** For a whole request. */
  readonly request: number;
  /** Without a byte in either direction: half-open connections, and readers that have stopped. */
  readonly silence: number;
  /** Between two requests of one connection, as clients are told. */
  readonly idle: number;
  /** For taking an answer: whoever is not done at the next such interval is cut off. */
  readonly answer: number;
  readonly connections: number;
}

export const usualLimits: RequestLimits = {
  headers: 10_000,
  request: 20_000,
  silence: 30_000,
  idle: 5_000,
  answer: 120_000,
  connections: 1000,
};
