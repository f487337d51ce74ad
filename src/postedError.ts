import { type ErrorKind, LesionlabError } from './errors.js';

/** An error on its way between threads, which keep neither its class nor its fields. */
export interface PostedError {
  readonly message: string;
  readonly stack?: string;
  /** What makes it a LesionlabError. */
  readonly known?: {
    readonly kind: ErrorKind;
    readonly code: string;
    readonly hint?: string;
    readonly details: readonly string[];
  };
}

export function postError(error: unknown): PostedError {
  if (!(error instanceof Error)) return { message: String(error) };
  const { message, stack } = error;
  if (!(error instanceof LesionlabError)) return { message, stack };
  const { kind, code, hint, details } = error;
  return { message, stack, known: { kind, code, hint, details } };
}

export function receiveError({ message, stack, known }: PostedError): Error {
  if (known) return new LesionlabError(known.kind, known.code, message, known);
  return Object.assign(new Error(message), stack === undefined ? {} : { stack });
}
