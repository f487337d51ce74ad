import { readFile } from 'node:fs/promises';
import { decodeText } from '../../data/reading/decodeText.js';
import { dataError } from '../../errors.js';

/**
 * The text of a table, in whatever encoding spreadsheets saved it.
 * @throws LesionlabError kind `data` where there is no such file, or it is no text
 */
export async function readTextFile(path: string): Promise<string> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw dataError(
      'no-table',
      `Cannot read ${path}: ${cause.code === 'ENOENT' ? 'there is no such file' : cause.message}.`,
      {
        hint: 'Give the path of a table (.csv or .tsv).',
        cause,
      },
    );
  });
  return decodeText(bytes, path).text;
}
