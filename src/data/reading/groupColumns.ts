import type { DatasetNote } from '../dataset.js';
import type { MetadataTable } from './metadataTable.js';

/** What tables of one's own call the column of the patient, the usual name first. */
export const patientColumns = names(
  ...['patient', 'subject', 'person', 'proband', 'pat', 'patienten', 'patientin', 'paciente', 'paziente', 'patiënt'],
);
/** The same of the lesion. */
export const lesionColumns = names(
  ...['lesion', 'läsion', 'laesion', 'lesión', 'lésion', 'lesione', 'naevus', 'nevus', 'mole'],
);

function names(...words: readonly string[]): readonly string[] {
  const forms = (word: string) => [
    `${word}_id`,
    word,
    `${word}id`,
    `${word} id`,
    `${word}_nr`,
    `${word}_no`,
    `${word}_number`,
  ];
  return words.flatMap(forms);
}

/**
 * Says so where a table has a column that is named for patients or lesions, and its format reads none: images of one patient might come to two sides
 * of a split without a word.
 * @param read columns that are read, whatever for
 */
export function noteGroupsUnread(
  { columns, file }: Pick<MetadataTable, 'columns' | 'file'>,
  read: ReadonlySet<string>,
): DatasetNote[] {
  return (
    [
      ['patient', patientColumns],
      ['lesion', lesionColumns],
    ] as const
  ).flatMap(([what, known]): DatasetNote[] => {
    if (known.some((name) => read.has(name))) return [];
    const unread = columns.find((name) => known.includes(name));
    if (unread === undefined) return [];
    return [
      {
        kind: 'interpreted-value',
        imageIds: [],
        message: `${file}: the column ${unread} is named for a ${what} and is not read: images of one ${what} may come to both sides of a split. A dataset.yaml can say what it is (lesionlab describe).`,
      },
    ];
  });
}

/** Names columns of a table of one's own that nothing is made of, since nobody would look for them otherwise. */
export function noteColumnsUnread(
  { columns, file }: Pick<MetadataTable, 'columns' | 'file'>,
  read: ReadonlySet<string>,
): DatasetNote[] {
  const unread = columns.filter((name) => name !== '' && !read.has(name));
  if (unread.length === 0) return [];
  const shown = unread.slice(0, 12).join(', ');
  const more = unread.length > 12 ? ` and ${unread.length - 12} more` : '';
  return [
    {
      kind: 'interpreted-value',
      imageIds: [],
      message: `${file}: nothing is made of the ${unread.length === 1 ? 'column' : 'columns'} ${shown}${more}. A dataset.yaml can say what ${unread.length === 1 ? 'it is' : 'they are'} (lesionlab describe).`,
    },
  ];
}
