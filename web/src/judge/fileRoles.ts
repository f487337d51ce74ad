import { datasetFormats } from '../../../src/data/formats/registry.js';
import type { MetadataTable } from '../../../src/data/reading/metadataTable.js';
import type { AnyTable } from '../../../src/evaluation/judging/openTruth.js';
import { truthColumnNames } from '../../../src/evaluation/judging/truth.js';
import { findReaderColumns } from '../../../src/evaluation/readers/readerColumns.js';

/** What a file that was given is for. */
export const fileRoles = ['answers', 'readers', 'truth', 'learned', 'expected', 'calibration', 'unused'] as const;
export type FileRole = (typeof fileRoles)[number];

/** What roles are called. */
export const roleWords: Readonly<Record<FileRole, string>> = {
  answers: 'A model’s answers',
  readers: 'Readers’ answers',
  truth: 'What is true',
  learned: 'Images that the model learned from',
  expected: 'Images that should have an answer',
  calibration: 'Answers to other images, to calibrate on',
  unused: 'Not used',
};

/**
 * What tables are for, all of them seen together: of two tables of answers one may be named for calibration; a split file is the truth where there
 * is no other, and no network to show images to, else it says which images are tested.
 */
export function guessRoles(tables: readonly AnyTable[], hasNetwork: boolean): ReadonlyMap<MetadataTable, FileRole> {
  const roles = new Map(
    tables.map(({ table, splitFile }) => [table, splitFile ? 'expected' : guessRole(table)] as const),
  );
  const of = (role: FileRole) => tables.filter(({ table }) => roles.get(table) === role);
  const [split, ...others] = of('expected');
  if (split && others.length === 0 && !hasNetwork && of('truth').length === 0) roles.set(split.table, 'truth');
  const answers = of('answers');
  const named = answers.filter(({ table }) => /calib|valid|(^|[^a-z])val([^a-z]|$)/i.test(table.file));
  if (named.length === 1 && answers.length > 1) roles.set(named[0].table, 'calibration');
  return roles;
}

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
