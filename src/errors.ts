/**
 * Errors that a user can act on. Each says what was expected, what was found and how to mend it, and carries the exit
 * status that the command line ends with. Anything else that is thrown is a bug (exit status 1).
 */
export type ErrorKind = 'usage' | 'data' | 'run' | 'interrupted';

/** Exit status of the command line for each kind of error. */
export const exitStatuses: Record<ErrorKind, number> = { usage: 2, data: 3, run: 4, interrupted: 130 };

export class LesionlabError extends Error {
  /** Stable machine-readable name, for example `unknown-diagnosis`. */
  readonly code: string;
  readonly kind: ErrorKind;
  /** What to do about it, one sentence. */
  readonly hint: string | undefined;
  /** Every single finding behind the message (all unreadable images, say); printed as a list and in `--json`. */
  readonly details: readonly string[];

  constructor(
    kind: ErrorKind,
    code: string,
    message: string,
    options: { hint?: string; details?: readonly string[]; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'LesionlabError';
    this.kind = kind;
    this.code = code;
    this.hint = options.hint;
    this.details = options.details ?? [];
  }

  get exitStatus(): number {
    return exitStatuses[this.kind];
  }
}

type Options = ConstructorParameters<typeof LesionlabError>[3];

/** Wrong usage or configuration: exit status 2. */
export const usageError = (code: string, message: string, options?: Options) =>
  new LesionlabError('usage', code, message, options);

/** The data is unusable: exit status 3. */
export const dataError = (code: string, message: string, options?: Options) =>
  new LesionlabError('data', code, message, options);

/** A run folder, checkpoint or model file is unusable: exit status 4. */
export const runError = (code: string, message: string, options?: Options) =>
  new LesionlabError('run', code, message, options);

/** The user interrupted, and what was done so far is saved: exit status 130. */
export const interruptedError = (message: string, options?: Options) =>
  new LesionlabError('interrupted', 'interrupted', message, options);
