/**
 * Errors that a user can act on. Each says what was expected, what was found and how to mend it, and carries the exit
 * status that the command line ends with. Anything else that is thrown is a bug (exit status 1).
 */
export type ErrorKind = 'usage' | 'data' | 'run' | 'interrupted';

/** Exit status of the command line for each kind of error. */
export const exitStatuses: Record<ErrorKind, number> = { usage: 2, data: 3, run: 4, interrupted: 130 };

/** Where somebody reads an error: what can be set is an option on a command line, a field of a page, a property of an object. */
export type Surface = 'terminal' | 'page' | 'library';

/**
 * What to do about an error, one sentence, in the words of the command line (`--exclude-unusable`). Where a page can come into the same
 * state, it has words of its own; a library caller is told the name of the property (`excludeUnusable`).
 */
export type Hint = string | { readonly terminal: string; readonly page: string };

/** An error that whoever called can mend: its message says what was found where, its hint what to do. Anything else that is thrown is a bug. */
export class LesionlabError extends Error {
  /** Stable machine-readable name, for example `unknown-diagnosis`. */
  readonly code: string;
  readonly kind: ErrorKind;
  /** What to do about it, one sentence, for a caller of the library; `hintFor` has it for those who read it elsewhere. */
  readonly hint: string | undefined;
  readonly #hint: Hint | undefined;
  /** Every single finding behind the message (all unreadable images, say); printed as a list and in `--json`. */
  readonly details: readonly string[];

  constructor(
    kind: ErrorKind,
    code: string,
    message: string,
    options: { hint?: Hint; details?: readonly string[]; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'LesionlabError';
    this.kind = kind;
    this.code = code;
    this.#hint = options.hint;
    this.hint = this.hintFor('library');
    this.details = options.details ?? [];
  }

  /** What to do about it, in the words of where it is read. */
  hintFor(surface: Surface): string | undefined {
    return this.#hint === undefined ? undefined : wordHint(this.#hint, surface);
  }

  get exitStatus(): number {
    return exitStatuses[this.kind];
  }
}

/** A hint in the words of a surface. Whole commands in backticks are for a terminal everywhere; only a terminal has bare options. */
export function wordHint(hint: Hint, surface: Surface): string {
  if (surface === 'terminal') return typeof hint === 'string' ? hint : hint.terminal;
  if (surface === 'page' && typeof hint !== 'string') return hint.page;
  const text = typeof hint === 'string' ? hint : hint.terminal;
  return text
    .split(/(`(?:lesionlab|npm|npx) [^`]*`)/)
    .map((part, i) =>
      i % 2 ? part : part.replace(/(?<![-\w])--([a-z][a-z\d-]*)/g, (_, name) => `\`${toProperty(name)}\``),
    )
    .join('');
}

const toProperty = (option: string) => option.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

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
