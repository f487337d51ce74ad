import { dataError, usageError } from '../../errors.js';

/** What a column of a reader study's table can hold. */
export type ReaderColumn =
  | 'reader'
  | 'image_id'
  | 'answer'
  | 'confidence'
  | 'condition'
  | 'session'
  | 'truth'
  | 'lesion_id';

/** Names that columns go by, the one that is asked for first. */
const names: Readonly<Record<ReaderColumn, readonly string[]>> = {
  reader: ['reader', 'reader_id', 'rater', 'annotator', 'participant', 'participant_id', 'user', 'user_id'],
  image_id: ['image_id', 'image', 'image_name', 'isic_id', 'case', 'case_id'],
  answer: ['answer', 'decision', 'diagnosis', 'response', 'call'],
  confidence: ['confidence', 'rating', 'score', 'probability'],
  condition: ['condition', 'treatment', 'modality', 'arm', 'aid'],
  session: ['session', 'round', 'visit'],
  truth: ['truth', 'ground_truth', 'reference'],
  lesion_id: ['lesion_id', 'lesion', 'patient_id'],
};

/** Where each column stands; -1 where there is none. */
export type ReaderColumns = Readonly<Record<ReaderColumn, number>>;

/**
 * Finds the columns of a reader study's table, by usual names or by those that the caller gives.
 * @param columns names in lower case @param given by what the column holds
 * @throws LesionlabError kind `usage` where a given column isn't there; kind `data` where readers, images or what was said have no column
 */
export function findReaderColumns(
  columns: readonly string[],
  file: string,
  given: Partial<Readonly<Record<ReaderColumn, string>>> = {},
): ReaderColumns {
  const entries = Object.entries(names) as [ReaderColumn, readonly string[]][];
  const found = Object.fromEntries(
    entries.map(([column, usual]) => {
      const own = given[column];
      const index =
        own === undefined
          ? (usual.map((name) => columns.indexOf(name)).find((i) => i >= 0) ?? -1)
          : columns.indexOf(own.trim().toLowerCase());
      if (own !== undefined && index < 0)
        throw usageError('no-column', `${file} has no column "${own}" for ${column}; it has ${columns.join(', ')}.`);
      return [column, index];
    }),
  ) as Record<ReaderColumn, number>;
  const missing = [
    ...(found.reader < 0 ? ['reader'] : []),
    ...(found.image_id < 0 ? ['image_id'] : []),
    ...(found.answer < 0 && found.confidence < 0 ? ['answer or confidence'] : []),
  ];
  if (missing.length > 0)
    throw dataError(
      'reader-columns',
      `${file}: expected the columns reader, image_id and answer or confidence (and condition, session, truth, lesion_id where known); ` +
        `found ${columns.join(', ') || 'nothing'}, so that ${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing.`,
      {
        hint: {
          terminal: 'Rename the columns, or say which they are: --columns reader=doctor,image_id=photo,answer=vote.',
          page: 'Rename the columns, or say which they are.',
        },
      },
    );
  return found;
}
