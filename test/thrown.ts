import { LesionlabError } from '../src/errors.js';

/** The error that a call ends with; anything but a LesionlabError is thrown on. */
export function thrown(action: () => unknown): LesionlabError {
  try {
    action();
  } catch (error) {
    if (error instanceof LesionlabError) return error;
    throw error;
  }
  throw new Error('expected an error');
}
