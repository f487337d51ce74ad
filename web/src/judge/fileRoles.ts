import { datasetFormats } from '../../../src/data/formats/registry.js';
import type { MetadataTable } from '../../../src/data/reading/metadataTable.js';
import { truthColumnNames } from '../../../src/evaluation/judging/truth.js';
import { findReaderColumns } from '../../../src/evaluation/readers/readerColumns.js';

/** What a file that was given is for. */
export const fileRoles = ['answers', 'readers', 'truth', 'learned', 'expected', 'unused'] as const;
export type FileRole = (typeof fileRoles)[number];

/** What roles are called. */
export const roleWords: Readonly<Record<FileRole, string>> = {
  answers: 'A model’s answers',
  readers: 'Readers’ answers',
  truth: 'What is true',
  learned: 'Images that the model learned from',
  expected: 'Images that should have an answer',
  unused: 'Not used',
};

/** What a table is for, by its columns and a look at its numbers. */
export function guessRole(table: MetadataTable): FileRole {
  if (isOfReaders(table)) return 'readers';
  const { columns, rows } = table;
  const hasLabel = truthColumnNames.label.some((name) => columns.includes(name));
  const known = datasetFormats.some(
    (format) => format.columns.length > 0 && format.columns.every((name) => columns.includes(name)),
  );
  const fractions = columns.filter(
    (name, i) => name !== 'age' && rows.some(({ cells }) => /^-?\d*[.,]\d*[1-9]\d*(e[-+]?\d+)?$/i.test(cells[i])),
  ).length;
  if (fractions === 0) return known || hasLabel ? 'truth' : 'unused';
  // predictions.csv has diagnoses, too; a table of truths may have sizes and coordinates. A challenge's submission has the columns of its truth.
  return known && hasLabel && !columns.includes('predicted') ? 'truth' : 'answers';
}

function isOfReaders({ columns, file }: MetadataTable): boolean {
  try {
    findReaderColumns(columns, file);
    return true;
  } catch {
    return false;
  }
}
