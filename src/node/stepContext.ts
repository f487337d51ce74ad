import type { Progress } from '../progress.js';

/** What every step of the pipeline gets from whoever calls it. */
export interface StepContext {
  readonly progress: Progress;
  /** Aborted by Ctrl-C; long steps look at it between units of work, save, and throw `interruptedError`. */
  readonly signal: AbortSignal;
  readonly seed: number;
  /** Threads for computing. */
  readonly threads: number;
  readonly device: 'cpu' | 'webgpu';
}
