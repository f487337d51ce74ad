import { CommanderError } from 'commander';
import { createProgram } from './createProgram.js';
import { listenForInterruption } from './interruption.js';
import { printError } from './printError.js';
import type { Session } from './session.js';

/**
 * Runs one command line and returns its exit status. Never throws.
 * @param argv as `process.argv`: node, script, then the arguments
 */
export async function executeCommandLine(
  argv: readonly string[],
  streams: Omit<Session, 'exitStatus'>,
): Promise<number> {
  const session: Session = { ...streams, exitStatus: 0 };
  const json = argv.includes('--json');
  try {
    const program = createProgram(session);
    if (argv.length <= 2) {
      program.outputHelp({ error: true });
      return 2;
    }
    await program.parseAsync(argv as string[]);
    return session.exitStatus;
  } catch (thrown) {
    // `--help` and `--version` end this way too.
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0;
    return printError(thrown, { ...streams, json, interrupted: streams.signal.aborted });
  }
}

/** The process's own command line: binds the terminal and the signals, and ends with the exit status. */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    // `lesionlab explore | head` closes our output early; that ends the printing, not the work.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  const { signal, interruption, stop } = listenForInterruption(process.stderr);
  process.once('uncaughtException', (error) => {
    const json = argv.includes('--json');
    process.exit(printError(error, { stdout: process.stdout, stderr: process.stderr, json, interrupted: false }));
  });
  const { stdout, stderr } = process;
  process.exitCode = await executeCommandLine(argv, { stdout, stderr, signal, interruption });
  stop();
  // A worker or a native handle that somebody forgot must not keep a finished command alive. The timer itself doesn't.
  const leave = setInterval(() => {
    if (process.stdout.writableLength === 0 && process.stderr.writableLength === 0) process.exit();
  }, 5000);
  leave.unref();
}
