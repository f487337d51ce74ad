import { type Progress, silentProgress } from '../../progress.js';
import type { TrainEvent } from '../../training/events.js';
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
  /**
   * Hears every event of the trainings in a step, after the run folder has what it tells; what it throws ends the training, which is saved,
   * and the step. @param run absolute path of the run folder that is trained into: cross-validation, for example, has several
   */
  readonly onEvent?: (event: TrainEvent, run: string) => void;
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
