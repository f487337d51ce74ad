import { dataError } from '../../errors.js';
import { composed } from '../storedFile.js';
import type { MetadataRow, MetadataTable } from './metadataTable.js';

/** Column names of a table of JSON lines. @param head the beginning of the text; its last line may be cut off */
export function jsonLinesColumns(head: string, file: string): string[] {
  const lines = head.split('\n');
  // A line that ends somewhere else would be no JSON.
  return parseJsonLines(lines.length > 1 ? lines.slice(0, -1).join('\n') : head, file).columns.slice();
}

/**
 * Reads a table of one JSON object a line, as Hugging Face's metadata.jsonl: keys are columns, in lower case, in the order in which they appear;
 * lists and objects in them are kept as JSON.
 * @throws LesionlabError kind `data` where a line is no JSON object
 */
export function parseJsonLines(text: string, file: string): MetadataTable {
  const columns: string[] = [];
  const objects: { readonly number: number; readonly values: ReadonlyMap<string, string> }[] = [];
  for (const [i, line] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    if (line.trim() === '') continue;
    const value = parse(line);
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw dataError(
        'bad-json-line',
        `${file}, row ${i + 1}: expected an object as JSON, found ${line.slice(0, 40)}.`,
        {
          hint: 'Mend that line, or fetch the file again: it may be cut off.',
        },
      );
    const values = new Map<string, string>();
    for (const [key, inner] of Object.entries(value)) {
      const name = composed(key.trim().toLowerCase());
      if (!columns.includes(name)) columns.push(name);
      values.set(
        name,
        inner === null ? '' : composed((typeof inner === 'object' ? JSON.stringify(inner) : String(inner)).trim()),
      );
    }
    objects.push({ number: i + 1, values });
  }
  const rows = objects.map(
    ({ number, values }): MetadataRow => ({ number, cells: columns.map((name) => values.get(name) ?? '') }),
  );
  return { file, columns, rows };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
