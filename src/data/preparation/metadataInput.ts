import { z } from 'zod';
import { usageError } from '../../errors.js';
import { nearestName } from '../../nearestName.js';
import type { DatasetColumn, ImageRecord } from '../dataset.js';
import { isUnknown } from '../reading/columnValues.js';

/** How what a table says of an image becomes numbers for a network; stored with the weights. */
export const metadataEncodingSchema = z.object({
  columns: z.array(
    z.discriminatedUnion('kind', [
      /** Two numbers: (value - mean) / std, and whether it is unknown; 0 and 1 where it is. */
      z.object({ name: z.string(), kind: z.literal('number'), mean: z.number(), std: z.number().positive() }),
      /** A number a value, 1 for the one that it is, and whether it is unknown, or none of these. */
      z.object({ name: z.string(), kind: z.literal('text'), values: z.array(z.string()).min(1) }),
    ]),
  ),
});
/** How what a table says of an image becomes numbers for a network: columns in their order, each with a last number that is 1 where it is unknown. */
export type MetadataEncoding = z.infer<typeof metadataEncodingSchema>;
type MetadataColumn = MetadataEncoding['columns'][number];

/** What is known of an image, by column; null or left out where it isn't. */
export type MetadataValues = Readonly<Record<string, string | number | null | undefined>>;

/** Values of a column of words that get a number of their own, at most, the most frequent ones. */
const mostValues = 30;

/** Columns that every record has, as a recipe names them. */
const ofRecord: Readonly<Record<string, (record: ImageRecord) => string | number | null | undefined>> = {
  age: ({ age }) => age,
  sex: ({ sex }) => sex,
  site: ({ localization }) => localization,
};

/** Names of columns that say the answer, or where an image is from: no network may be given one, whatever somebody's description says. */
const forbidden =
  /^(dx|dx_.*|diagnos.*|iddx.*|label|class|target|benign_malignant|malignan.*|biops.*|histo.*|confirm.*|management|.*seven_?pt.*|.*seven_?point.*|.*7_?pt.*|score|.*confidence.*|dataset|source|origin|attribution|licen[cs]e|.*licen[cs]e|copyright.*|file.*|image_?(id|name|file|size).*|lesion_?id|patient_?id|isic_?id|width|height|pixels.*|size|bytes|split|fold)$/;

/** What a record says of a column. */
export function metadataValues(record: ImageRecord, { columns }: MetadataEncoding): MetadataValues {
  return Object.fromEntries(columns.map(({ name }) => [name, saidOf(record, name)]));
}

const saidOf = (record: ImageRecord, name: string) =>
  Object.hasOwn(ofRecord, name) ? ofRecord[name](record) : record.values?.[name];

/**
 * How columns are encoded, by the training images alone.
 * @param records to learn from @param names of columns, as a recipe has them: age, sex, site, and any whose role is `input`
 * @param columns of the dataset @throws LesionlabError kind `usage` for a column that isn't there, tells nothing, or may be no input
 */
export function fitMetadata(
  records: readonly ImageRecord[],
  names: readonly string[],
  columns: readonly DatasetColumn[] = [],
): MetadataEncoding {
  const inputs = columns.filter(({ role, name }) => role === 'input' && !forbidden.test(name)).map(({ name }) => name);
  const choices = [...Object.keys(ofRecord), ...inputs];
  return {
    columns: names.map((name): MetadataColumn => {
      if (forbidden.test(name) || columns.some((column) => column.name === name && column.role !== 'input'))
        throw usageError(
          'metadata-forbidden',
          `The column "${name}" may be no input: it names the answer or the source of an image, or nobody said that it may be one.`,
          {
            hint: `Choose from: ${choices.join(', ')}. A description of your data (dataset.yaml) says which columns may be inputs.`,
          },
        );
      if (!choices.includes(name)) {
        const near = nearestName(name, choices);
        throw usageError(
          'metadata-unknown',
          `The data has no column "${name}" that may be an input${near ? `; did you mean ${near}?` : '.'}`,
          {
            hint: `Choose from: ${choices.join(', ')}.`,
          },
        );
      }
      const known = records.map((record) => saidOf(record, name)).filter(isKnown);
      if (known.length === 0)
        throw usageError('metadata-empty', `The column "${name}" says nothing of any training image.`, {
          hint: 'Leave it out.',
        });
      return known.every((value) => typeof value === 'number')
        ? fitNumbers(name, known)
        : fitWords(name, known.map(wordOf));
    }),
  };
}

const isKnown = (value: string | number | null | undefined): value is string | number =>
  typeof value === 'number' ? Number.isFinite(value) : typeof value === 'string' && !isUnknown(value);

const wordOf = (value: string | number) => String(value).trim().toLowerCase();

function fitNumbers(name: string, values: readonly number[]): MetadataColumn {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { name, kind: 'number', mean, std: Math.sqrt(variance) || 1 };
}

function fitWords(name: string, words: readonly string[]): MetadataColumn {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const order = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return { name, kind: 'text', values: order.slice(0, mostValues).map(([word]) => word) };
}

const widthOf = (column: MetadataColumn) => (column.kind === 'number' ? 2 : column.values.length + 1);

/** Numbers an image. */
export const metadataWidth = ({ columns }: MetadataEncoding): number =>
  columns.reduce((sum, column) => sum + widthOf(column), 0);

/** Where each column's numbers begin and end. */
export function metadataSpans({
  columns,
}: MetadataEncoding): { readonly name: string; readonly start: number; readonly end: number }[] {
  let start = 0;
  return columns.map((column) => {
    const span = { name: column.name, start, end: start + widthOf(column) };
    start = span.end;
    return span;
  });
}

/** What is known of an image as the network takes it. @returns [width] */
export function encodeMetadata(encoding: MetadataEncoding, values: MetadataValues): Float32Array {
  const row = new Float32Array(metadataWidth(encoding));
  metadataSpans(encoding).forEach(({ name, start, end }, i) => {
    const column = encoding.columns[i];
    const value = values[name];
    const at = !isKnown(value)
      ? -1
      : column.kind === 'text'
        ? column.values.indexOf(wordOf(value))
        : Number.isFinite(Number(value))
          ? 0
          : -1;
    if (at < 0) row[end - 1] = 1;
    else row[start + at] = column.kind === 'number' ? (Number(value) - column.mean) / column.std : 1;
  });
  return row;
}

/** The same of several images, one after the other. @returns [N, width] */
export function encodeRecords(encoding: MetadataEncoding, records: readonly ImageRecord[]): Float32Array {
  const width = metadataWidth(encoding);
  const rows = new Float32Array(records.length * width);
  for (const [i, record] of records.entries())
    rows.set(encodeMetadata(encoding, metadataValues(record, encoding)), i * width);
  return rows;
}
