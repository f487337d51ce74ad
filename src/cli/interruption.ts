import type { TextStream } from './session.js';

/**
 * The first Ctrl-C (or SIGTERM) aborts the signal, so that long work saves and ends; the second ends the process at
 * once. @returns the signal, what is said then, which a command may change, and a function that takes the handlers away
 */
export function listenForInterruption(stderr: TextStream): {
  signal: AbortSignal;
  interruption: { notice: string };
  stop: () => void;
} {
  const controller = new AbortController();
  const interruption = { notice: 'Interrupted: saving what is done. Press Ctrl-C again to end at once.' };
  const interrupt = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) {
      // process.exit() would take worker threads down in the middle of native code, which aborts with a core dump; the
      // signal's own way ends at once, and shells report 130 (143) for it.
      stop();
      process.kill(process.pid, signal);
      return;
    }
    stderr.write(`\n${interruption.notice}\n`);
    controller.abort();
  };
  const stop = () => {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return { signal: controller.signal, interruption, stop };
}
