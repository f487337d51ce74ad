import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { runError } from '../../errors.js';
import { checkDocument } from '../../report/files/checkDocument.js';

/**
 * Reads a JSON file of a run folder and checks it.
 * @throws LesionlabError kind `run` naming the file, and what is wrong with it
 */
export async function readJson<T>(path: string, schema: z.ZodType<T>, hints: { missing?: string } = {}): Promise<T> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw runError(
      'missing-file',
      missing ? `${path} is missing.` : `Cannot read ${path}: ${(cause as Error).message}`,
      {
        hint: hints.missing ?? 'Run the step that writes it first.',
        cause,
      },
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw runError('bad-json', `${path} is not JSON: ${(cause as Error).message}`, { cause });
  }
  return checkDocument(value, schema, path);
}
