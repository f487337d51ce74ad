import type { LesionlabError } from '../../../src/errors.js';
import type { PostedProblem } from './messages.js';

/** An error as it can be posted; what a browser says when memory runs out is put into words. */
export function describeProblem(error: unknown): PostedProblem {
  const { message, code, hint, details } = (error ?? {}) as Partial<LesionlabError>;
  const text = message || String(error);
  if (/out of memory|bad_alloc|failed to allocate|allocation failed|could not allocate|cannot allocate/i.test(text))
    return {
      code: 'no-memory',
      message: 'The browser has not enough memory for this.',
      hint: 'Close other tabs and programs and try again, or take a smaller image or a smaller model.',
      details: [text],
    };
  if (code === 'model-unusable')
    return {
      code,
      message: text,
      hint: 'The file may be damaged, or need a newer lesionlab. Export it again with `lesionlab export <run>`.',
    };
  return { code, message: text, hint, details };
}
