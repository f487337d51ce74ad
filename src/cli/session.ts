import type { Command } from 'commander';

/** A stream that text goes to; `process.stdout` and `process.stderr`, or a test's own. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** What one call of the command line talks to. */
export interface Session {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** What the first Ctrl-C says; missing where nobody listens for it. */
  readonly interruption?: { notice: string };
  /** Set by the command; the command line ends with it. */
  exitStatus: number;
}

const sessions = new WeakMap<Command, Session>();

export function bindSession(program: Command, session: Session): void {
  sessions.set(program, session);
}

/** The session of the program that `command` belongs to. */
export function sessionOf(command: Command): Session {
  let root = command;
  while (root.parent) root = root.parent;
  const session = sessions.get(root);
  if (!session) throw new Error('The program has no session: it was not made by createProgram().');
  return session;
}
