import { type MetadataTable, RowProblems } from '../../data/reading/metadataTable.js';
import { readYesOrNo } from './positiveAnswers.js';
import type { ReaderColumn, ReaderColumns } from './readerColumns.js';
import type { ReaderTruth } from './readerTruth.js';

/** One reading. */
export interface ReaderRow {
  /** Row in the file, the header being row 1. */
  readonly number: number;
  readonly reader: string;
  /** Place among the images that were read. */
  readonly image: number;
  readonly condition: string;
  readonly session: string;
  /** 1 yes, 0 no, NaN nothing. */
  readonly answer: number;
  /** The very answer; a class of the truth by its id. */
  readonly said: string;
  /** NaN where there is none. */
  readonly confidence: number;
}

interface ReadingsKnown {
  /** By row the image's place among those that were read, and its id. */
  readonly images: readonly number[];
  readonly imageIds: readonly string[];
  readonly truth: ReaderTruth;
  readonly positive: readonly string[];
}

/** The readings of a table. @throws LesionlabError kind `data` that names every row at fault */
export function readRows(
  table: MetadataTable,
  columns: ReaderColumns,
  { images, imageIds, truth, positive }: ReadingsKnown,
): ReaderRow[] {
  const problems = new RowProblems(table.file);
  const ids = new Map(truth.classes.map(({ id }) => [id.toLowerCase(), id]));
  const cell = (cells: readonly string[], column: ReaderColumn) => (columns[column] < 0 ? '' : cells[columns[column]]);
  const rows = table.rows.map(({ cells, number }, i): ReaderRow => {
    const said = cell(cells, 'answer').trim();
    const id = ids.get(said.toLowerCase());
    const answer = said === '' ? Number.NaN : id !== undefined ? (positive.includes(id) ? 1 : 0) : readYesOrNo(said);
    if (answer === undefined)
      problems.add(
        number,
        'reader-answer',
        `the answer is "${said}", expected yes or no, or one of ${[...ids.values()].join(', ')}.`,
        'Mend the answer; degrees of confidence belong into a column confidence.',
      );
    const words = cell(cells, 'confidence').trim();
    const confidence = words === '' ? Number.NaN : Number(words.replace(/%$/, ''));
    if (words !== '' && !Number.isFinite(confidence))
      problems.add(
        number,
        'reader-confidence',
        `the confidence is "${words}", expected a number.`,
        'Write confidences as numbers, higher for surer.',
      );
    const reader = cell(cells, 'reader').trim();
    if (reader === '') problems.add(number, 'no-reader', 'the reader is empty.', 'Name the reader, or remove the row.');
    const condition = cell(cells, 'condition').trim() || 'reading';
    const session = cell(cells, 'session').trim();
    return {
      number,
      reader,
      image: images[i],
      condition,
      session,
      answer: answer ?? Number.NaN,
      said: id ?? said,
      confidence,
    };
  });
  const seen = new Map<string, number>();
  for (const [i, { number, reader, image, condition, session }] of rows.entries()) {
    const key = JSON.stringify([reader, image, condition, session]);
    const earlier = seen.get(key);
    if (earlier !== undefined)
      problems.add(
        number,
        'doubled-reading',
        `reader ${reader} has read image ${imageIds[i]} in row ${earlier} already.`,
        'Keep one of the two rows, or tell them apart in a column session.',
      );
    else seen.set(key, number);
  }
  problems.throwIfAny();
  return rows;
}
