import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { LesionlabError } from '../../errors.js';
import { asDiskError } from '../files/diskError.js';

/** What the page shows of an error. */
export interface ApiError {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hint?: string;
    readonly details: readonly string[];
  };
}

const absent = new Set([
  'no-run',
  'no-external',
  'no-file',
  'no-image',
  'no-checkpoint',
  'data-gone',
  'no-splits',
  'missing-file',
]);

/** An error as JSON: 404 for what is not there, 422 for what can't be used, 500 for a bug. */
export function answerWithError(thrown: unknown, context: Context): Response {
  const error = asDiskError(thrown) ?? thrown;
  if (!(error instanceof LesionlabError)) {
    const message = error instanceof Error ? error.message : String(error);
    const hint = 'This is a bug of lesionlab, not your mistake: please report it.';
    return answer(context, 500, { code: 'bug', message, hint, details: [] });
  }
  const { code, message, details } = error;
  return answer(context, absent.has(code) ? 404 : 422, { code, message, hint: error.hintFor('page'), details });
}

export const answerNothingThere = (context: Context): Response =>
  answer(context, 404, {
    code: 'no-address',
    message: `The studio has nothing at ${context.req.path}.`,
    hint: 'The page may be of another version than the server: load it again.',
    details: [],
  });

function answer(context: Context, status: ContentfulStatusCode, error: ApiError['error']): Response {
  return context.json({ error } satisfies ApiError, status);
}
