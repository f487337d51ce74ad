import type { ProgressReport } from './workerCalls.js';

export interface TaskState {
  readonly running: boolean;
  readonly report: (NonNullable<ProgressReport> & { readonly secondsLeft?: number }) | undefined;
  readonly error: unknown;
}

export const idleTask: TaskState = { running: false, report: undefined, error: undefined };

export type Work = (options: { signal: AbortSignal; onProgress(report: ProgressReport): void }) => Promise<void>;

/** Fewer images than this say nothing about how long the others take. */
const fewest = 5;

/** Runs one thing at a time that takes a while, and tells how far it is and what went wrong. An interruption is no error. */
export class TaskRunner {
  readonly #change: (state: Partial<TaskState>) => void;
  #controller: AbortController | undefined;

  constructor(change: (state: Partial<TaskState>) => void) {
    this.#change = change;
  }

  /** What was running is cancelled. */
  async run(work: Work): Promise<void> {
    this.cancel();
    const own = new AbortController();
    this.#controller = own;
    const change = (state: Partial<TaskState>) => {
      if (this.#controller === own) this.#change(state);
    };
    change({ running: true, report: undefined, error: undefined });
    let began = performance.now();
    try {
      await work({
        signal: own.signal,
        onProgress(report) {
          if (report?.done === 0) began = performance.now();
          change({ report: report ? { ...report, secondsLeft: secondsLeft(report, began) } : undefined });
        },
      });
    } catch (error) {
      if ((error as { kind?: string }).kind !== 'interrupted') change({ error });
    } finally {
      change({ running: false, report: undefined });
    }
  }

  cancel(): void {
    this.#controller?.abort();
  }
}

function secondsLeft({ done, total }: NonNullable<ProgressReport>, began: number): number | undefined {
  if (total === undefined || done < fewest) return undefined;
  const seconds = (performance.now() - began) / 1000;
  return seconds < 1 ? undefined : (seconds / done) * (total - done);
}
