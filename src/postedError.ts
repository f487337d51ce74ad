import { type ErrorKind, type Hint, LesionlabError } from './errors.js';

/** An error on its way between threads, which keep neither its class nor its fields. */
export interface PostedError {
  readonly message: string;
  readonly stack?: string;
  /** What makes it a LesionlabError. */
  readonly known?: {
    readonly kind: ErrorKind;
    readonly code: string;
    readonly hint?: Hint;
    readonly details: readonly string[];
  };
}

export function postError(error: unknown): PostedError {
  if (!(error instanceof Error)) return { message: String(error) };
  const { message, stack } = error;
  if (!(error instanceof LesionlabError)) return { message, stack };
  const { kind, code, details } = error;
  const [terminal, page] = [error.hintFor('terminal'), error.hintFor('page')];
  const hint = terminal === undefined || page === undefined ? undefined : { terminal, page };
  return { message, stack, known: { kind, code, hint, details } };
}

export function receiveError({ message, stack, known }: PostedError): Error {
  if (known) return new LesionlabError(known.kind, known.code, message, known);
  return Object.assign(new Error(message), stack === undefined ? {} : { stack });
}
