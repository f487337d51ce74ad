import { type Progress, silentProgress } from '../../progress.js';
import { availableThreads } from './availableThreads.js';

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

/** A context for programs that call steps: silent, never aborted, seed 0, all cores, the CPU, but for what is given. */
export function createContext(given: Partial<StepContext> = {}): StepContext {
  return {
    progress: silentProgress,
    signal: new AbortController().signal,
    seed: 0,
    threads: availableThreads(),
    device: 'cpu',
    ...given,
  };
}
