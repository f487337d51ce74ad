import { dataError, type Hint, type LesionlabError } from '../../errors.js';
import { type DatasetFormat, missingColumns } from '../reading/datasetFormat.js';
import type { DatasetSource, SourceTable } from '../reading/datasetSource.js';
import { unreadFiles } from '../unreadFormats.js';
import { datasetFormats } from './registry.js';

/** What a folder should hold, for messages. */
export const downloadHint =
  'Put HAM10000_metadata.csv (or .tab) and the images or their zips into it, or images in one folder a class.';

/** Formats that a table is said to come near to. */
const shownFormats = 3;
/** Shown of a table that has many. */
const shownColumns = 12;

interface NearFormat {
  readonly format: DatasetFormat;
  /** Columns of the format that the table lacks. */
  readonly missing: readonly string[];
}

/** Less than this share of a format's columns is no likeness. */
const leastShared = 1 / 3;

/** Formats that a table comes near to which is of none, the nearest first: those with at least a third of whose columns it has. */
export function nearestFormats(
  columns: readonly string[],
  formats: readonly DatasetFormat[] = datasetFormats,
): NearFormat[] {
  return formats
    .map((format) => ({ format, missing: missingColumns(format, columns) }))
    .filter(({ format, missing }) => missing.length > 0 && shared(format, missing) >= leastShared)
    .sort((a, b) => shared(b.format, b.missing) - shared(a.format, a.missing));
}

const shared = ({ columns, oneOf = [] }: DatasetFormat, missing: readonly string[]) =>
  1 - missing.length / (columns.length + oneOf.length);

/** What a table is that no format reads: its columns, and the nearest format with what is missing for it. */
export function describeTable({ file, columns, problem }: SourceTable): string {
  return problem ? problem.message : `${file.location} has the columns ${describeColumns(columns)}.`;
}

function describeColumns(columns: readonly string[]): string {
  const named = columns.slice(0, shownColumns).map((name) => name || '(no name)');
  const more = columns.length > shownColumns ? ` and ${columns.length - shownColumns} more` : '';
  const near = nearestFormats(columns).slice(0, shownFormats);
  const lacks = ({ format, missing }: NearFormat) =>
    `${format.card.name}, for which ${missing.slice(0, shownColumns).join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing`;
  const nearest =
    near.length > 0 ? `nearest is ${near.map(lacks).join('; then ')}` : 'no format that is read comes near it';
  return `${named.join(', ')}${more}; ${nearest}`;
}

const otherFormats = datasetFormats.filter(({ card }) => !card.ownData).length;

/** Tables of no format beside what was read or refused, as a sentence: they may be what was meant. */
export function otherTables({ tables }: DatasetSource): string | undefined {
  const others = byLikeness(tables.filter(({ ownOutput, problem }) => !ownOutput && !problem));
  return others.length === 0 ? undefined : describeTable(others[0]);
}

function byLikeness(tables: readonly SourceTable[]): SourceTable[] {
  const likeness = ({ columns }: SourceTable) =>
    nearestFormats(columns).map(({ format, missing }) => shared(format, missing))[0] ?? 0;
  return [...tables].sort((a, b) => likeness(b) - likeness(a));
}

/**
 * The error for a folder that no format describes; names tables, archives and files that are not read.
 * @param oneFolder the folder that all images lie in, where its name could be a diagnosis
 */
export function noMetadata({ root, tables, files }: DatasetSource, oneFolder?: string): LesionlabError {
  const nearest = byLikeness(tables);
  const details = nearest.map(describeTable);
  const [unread, hint] = unreadFiles(files);
  const others = tables.length - 1;
  const found = tables.length === 0 ? '' : ` ${details[0]}`;
  const more =
    others > 0
      ? ` ${others === 1 ? 'Another table is' : `${others} other tables are`} of no format that is read either.`
      : '';
  return dataError(
    'no-metadata',
    `Found no metadata in ${root}: no table with the columns image_id and dx, none of the ${otherFormats} published datasets that are read, and ${
      oneFolder === undefined
        ? 'no class folders'
        : `a single folder of images, ${oneFolder}, where telling classes apart takes two`
    }.${found}${more}${unread}`,
    {
      hint: hint ?? nearest[0]?.problem?.hint ?? (tables.length > 0 ? columnHint(nearest[0].columns) : downloadHint),
      details,
    },
  );
}

/** The error for a table that was named and that no format reads. */
export function notMetadata({ file, columns, problem }: SourceTable): LesionlabError {
  if (problem) return problem;
  return dataError(
    'not-metadata',
    `${file.location} is no table of images: expected the columns image_id and dx or those of a published dataset that is read, found ${describeColumns(columns)}.`,
    { hint: columnHint(columns) },
  );
}

/** Columns that often stand in place of image_id and dx. */
const imageNames = [
  'image',
  'image_name',
  'isic_id',
  'img_id',
  'filename',
  'file_name',
  'file',
  'id',
  'name',
  'image id',
  'imageid',
  'md5hash',
  'ddi_file',
  'bcn_filename',
];
const diagnosisNames = [
  'diagnosis',
  'diagnostic',
  'label',
  'class',
  'target',
  'category',
  'disease',
  'diagnosis_1',
  'benign_malignant',
  'malignant',
];

function columnHint(columns: readonly string[]): Hint {
  const rename = (wanted: string, names: readonly string[]) => {
    const found = columns.includes(wanted) ? undefined : names.find((name) => columns.includes(name));
    return found === undefined ? [] : [`${found} to ${wanted}`];
  };
  const renames = [...rename('image_id', imageNames), ...rename('dx', diagnosisNames)];
  const such = renames.length > 0 ? ` (in a copy, rename ${renames.join(' and ')} if that is what they hold)` : '';
  const [near] = nearestFormats(columns);
  const whole =
    near && !near.format.card.ownData
      ? `${near.format.card.name} is read with all of its columns only: ${near.format.columns.join(', ')}. Else name`
      : 'Name';
  const folders = `${whole} the columns image_id and dx${such}, or give a folder with one folder of images a class. For any other table:`;
  return {
    terminal: `${folders} \`lesionlab describe <folder>\` says what it seems to hold, and writes a description to be checked.`,
    page: `${folders} have a look at what the data could be, and say in the form what its columns mean.`,
  };
}
