import { Component, type ReactNode } from 'react';
import { LesionlabError } from '../../../src/errors.js';

/** Something went wrong: what, and what to do about it. Read out at once by a screen reader. */
export function Problem({
  error,
  detailed = true,
}: {
  readonly error: unknown;
  /** False where what stands beside it says the same more clearly. */
  readonly detailed?: boolean;
}) {
  const { message, hint, details } = describe(error);
  return (
    <div className="problem" role="alert">
      <p>
        <strong>{message}</strong>
      </p>
      {hint && <p>{hint}</p>}
      {detailed && details.length > 0 && (
        <ul>
          {details.slice(0, 10).map((detail) => (
            <li key={detail}>{detail}</li>
          ))}
          {details.length > 10 && <li>and {details.length - 10} more</li>}
        </ul>
      )}
    </div>
  );
}

interface Described {
  readonly message: string;
  readonly hint?: string;
  readonly details: readonly string[];
}

/** What to do about an error, in the words of a page. */
export function hintOf(error: unknown): string | undefined {
  if (error instanceof LesionlabError) return error.hintFor('page');
  return (error as { readonly hint?: string } | undefined)?.hint;
}

/** A `LesionlabError` by its form: one that crossed from a worker is no instance of the class any more. */
function describe(error: unknown): Described {
  const { message, details } = (error ?? {}) as Partial<Described>;
  const findings: readonly string[] = Array.isArray(details) ? details : [];
  // A single finding is the message itself, as a rule.
  const shown = findings.length === 1 && message?.includes(findings[0]) ? [] : findings;
  return { message: message || String(error), hint: hintOf(error), details: shown };
}

/** Shows what a part of the page threw in its place; the rest goes on. */
export class ProblemBoundary extends Component<{ readonly children: ReactNode }, { readonly error?: unknown }> {
  override state: { readonly error?: unknown } = {};

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    return this.state.error === undefined ? this.props.children : <Problem error={this.state.error} />;
  }
}
