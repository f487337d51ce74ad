import { useCallback, useEffect, useRef, useState } from 'react';
import type { ProgressReport } from './workerCalls.js';

export interface Task {
  readonly running: boolean;
  readonly report: (NonNullable<ProgressReport> & { readonly secondsLeft?: number }) | undefined;
  readonly error: unknown;
  /** Runs something; what was running is cancelled. An interruption is no error. */
  run(
    work: (options: { signal: AbortSignal; onProgress(report: ProgressReport): void }) => Promise<void>,
  ): Promise<void>;
  cancel(): void;
}

/** Fewer images than this say nothing about how long the others take. */
const fewest = 5;

/** Something that takes a while: how far it is, how long it will take, what went wrong, and how to cancel it. */
export function useTask(): Task {
  const [state, setState] = useState<Pick<Task, 'running' | 'report' | 'error'>>({
    running: false,
    report: undefined,
    error: undefined,
  });
  const controller = useRef<AbortController>(undefined);
  const cancel = useCallback(() => controller.current?.abort(), []);
  useEffect(() => cancel, [cancel]);
  const run = useCallback<Task['run']>(async (work) => {
    controller.current?.abort();
    const own = new AbortController();
    controller.current = own;
    const set = (next: Partial<typeof state>) => {
      if (controller.current === own) setState((before) => ({ ...before, ...next }));
    };
    set({ running: true, report: undefined, error: undefined });
    let began = performance.now();
    try {
      await work({
        signal: own.signal,
        onProgress(report) {
          if (report?.done === 0) began = performance.now();
          set({ report: report ? { ...report, secondsLeft: secondsLeft(report, began) } : undefined });
        },
      });
    } catch (error) {
      if ((error as { kind?: string }).kind !== 'interrupted') set({ error });
    } finally {
      set({ running: false, report: undefined });
    }
  }, []);
  return { ...state, run, cancel };
}

function secondsLeft({ done, total }: NonNullable<ProgressReport>, began: number): number | undefined {
  if (total === undefined || done < fewest) return undefined;
  const seconds = (performance.now() - began) / 1000;
  return seconds < 1 ? undefined : (seconds / done) * (total - done);
}
