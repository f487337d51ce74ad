import type { z } from 'zod';
import { runError } from '../../errors.js';

/** Findings that are listed: a file of another kind altogether has thousands. */
const most = 20;

/**
 * What a file of a run folder holds, where it is what lesionlab writes.
 * @param path for messages @throws LesionlabError kind `run` naming the file, and what is wrong with it
 */
export function checkDocument<T>(value: unknown, schema: z.ZodType<T>, path: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const found = issues.slice(0, most).map((issue) => `${issue.path.join('.') || 'the whole'}: ${issue.message}`);
  throw runError('bad-file', `${path} is not what this version of lesionlab writes (${found[0]}).`, {
    details: issues.length > most ? [...found, `and ${issues.length - most} more`] : found,
    hint: 'It was damaged, changed by hand, or written by another version: run the step that writes it again.',
  });
}
