import { dataError, type LesionlabError } from '../../errors.js';
import type { DatasetDescription } from './descriptionSchema.js';
import { type DescriptionFile, describedBy } from './readDescription.js';

type Json = Readonly<Record<string, unknown>>;

/** A field of a record set, as far as it is of use here. */
interface Field {
  readonly id: string;
  readonly name: string;
  /** `sc:ImageObject`, `cr:Label`, ... */
  readonly types: readonly string[];
  /** File that its values come from. */
  readonly from?: string;
  readonly column?: string;
  /** `content`, `fullpath`, `filename` of a set of files. */
  readonly fileProperty?: string;
  readonly regex?: string;
  /** Id of the field that it is joined to. */
  readonly references?: string;
  readonly recordSet: string;
}

/**
 * Croissant's description of a dataset (MLCommons, version 1.0 and 1.1), as one of lesionlab's: tables, the field that is the image, the one
 * that is a label (`cr:Label`, or the only one named as diagnoses are), splits (`cr:Split`), and joins through references.
 * @throws LesionlabError kind `data` where it is no Croissant, or doesn't say which field is the image or the label
 */
export function readCroissant(text: string, file: string): DescriptionFile {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw dataError('bad-croissant', `${file} is no JSON: ${(cause as Error).message}`, {
      hint: 'Fetch it again.',
      cause,
    });
  }
  if (!isCroissant(value)) throw unsaid(file, 'it has no @context and no recordSet, as Croissant does');
  const fields = list(value.recordSet).flatMap((set) => list(set.field).map((field) => readField(field, idOf(set))));
  const files = new Map(list(value.distribution).map((entry) => [idOf(entry), entry] as const));
  return describedBy({ ...translate(fields, files, file), ...readAbout(value) }, file);
}

/** Whether a JSON value is Croissant's. */
export const isCroissant = (value: unknown): value is Json =>
  isGroup(value) && value['@context'] !== undefined && Array.isArray(value.recordSet);

function translate(
  fields: readonly Field[],
  files: ReadonlyMap<string, Json>,
  file: string,
): Omit<DatasetDescription, 'name'> {
  const isTable = (id: string | undefined) => {
    const format = String(files.get(id ?? '')?.encodingFormat ?? '');
    return /csv|tab-separated/.test(format);
  };
  const label = chooseLabel(fields);
  if (!label)
    throw unsaid(
      file,
      'no field of its record sets is of the type cr:Label or named as diagnoses are (diagnosis, label, dx)',
    );
  const image = fields.find(({ types }) => types.includes('ImageObject'));
  const split = fields.find(({ types, name }) => types.includes('Split') || name.toLowerCase() === 'split');
  const folder = folderOf(label);
  if (folder !== undefined) return { label: { folder }, ...splitOf(split, undefined) };
  if (!label.column || !isTable(label.from))
    throw unsaid(file, `its label ${label.id} is in no column of a table and no name of a folder`);

  // An image is content of a file that a column names, by reference, or the column itself.
  const referred = fields.find(({ id, column }) => id === image?.references && column);
  const named = image?.column
    ? image
    : (referred ??
      fields.find(({ references, column }) => column && references === image?.id) ??
      imageColumn(fields, label));
  if (!named?.column)
    throw unsaid(
      file,
      'no column says which image a row is of (a field of the type sc:ImageObject, or one that refers to it)',
    );
  const fileOf = (field: Field) =>
    String(files.get(field.from!)?.contentUrl ?? files.get(field.from!)?.name ?? field.from);
  const tables = [
    { file: lastPart(fileOf(named)) },
    ...joinOf(named, label, fields, (field) => lastPart(fileOf(field)), file),
  ];
  return {
    tables,
    images: [{ column: named.column }],
    label: { column: label.column },
    ...splitOf(split, tables[0].file && named.from),
  };
}

/** The second table, where the label stands in another than the image, with the fields that refer to each other. */
function joinOf(named: Field, label: Field, fields: readonly Field[], fileOf: (field: Field) => string, file: string) {
  if (named.from === label.from) return [];
  const of = (from: string | undefined) => fields.filter((field) => field.from === from && field.column);
  for (const a of of(named.from))
    for (const b of of(label.from))
      if (a.references === b.id || b.references === a.id)
        return [{ file: fileOf(label), key: b.column!, ...(a.column === b.column ? {} : { matches: a.column! }) }];
  throw unsaid(
    file,
    `the image ${named.id} and the label ${label.id} are in two tables, and no field refers from one to the other`,
  );
}

const labelNames = /^(label|labels|dx|diagnosis|diagnostic|class|category|target)$/i;

function chooseLabel(fields: readonly Field[]): Field | undefined {
  const typed = fields.filter(({ types }) => types.includes('Label'));
  if (typed.length > 0) return typed[0];
  const named = fields.filter(({ name, column }) => labelNames.test(name) || labelNames.test(column ?? ''));
  return named.length === 1 ? named[0] : undefined;
}

const imageNames = /^(image|image_?id|img_?id|image_?name|file_?name|isic_id|path)$/i;
const imageColumn = (fields: readonly Field[], label: Field) =>
  fields.find(({ column, recordSet }) => recordSet === label.recordSet && imageNames.test(column ?? ''));

/** The folder that a regular expression takes out of a path, counted upwards from 1; undefined where it takes none. */
function folderOf({ fileProperty, regex }: Field): number | undefined {
  if (regex === undefined || (fileProperty !== 'fullpath' && fileProperty !== 'filepath')) return undefined;
  try {
    const taken = new RegExp(regex).exec('four/three/two/one/image.jpg')?.[1];
    const level = ['one', 'two', 'three', 'four'].indexOf(taken ?? '');
    return level < 0 ? undefined : level + 1;
  } catch {
    return undefined;
  }
}

function splitOf(split: Field | undefined, table: string | undefined): Pick<DatasetDescription, 'split'> {
  if (!split) return {};
  const folder = folderOf(split);
  if (folder !== undefined) return { split: { folder } };
  return split.column && table !== undefined && split.from === table ? { split: { column: split.column } } : {};
}

function readAbout(value: Json): Partial<DatasetDescription> {
  const licence = Array.isArray(value.license) ? value.license.map(textOf).join(', ') : textOf(value.license);
  const url = textOf(value.url);
  return {
    name: textOf(value.name),
    licence,
    citation: textOf(value.citeAs) ?? textOf(value.citation),
    url: url && /^https?:\/\/\S+$/.test(url) ? url : undefined,
  };
}

function readField(field: Json, recordSet: string): Field {
  const source = isGroup(field.source) ? field.source : {};
  const extract = isGroup(source.extract) ? source.extract : {};
  const transform = [source.transform].flat().find(isGroup);
  const from = source.fileObject ?? source.fileSet;
  const references = isGroup(field.references) ? (field.references.field ?? field.references) : field.references;
  return {
    id: idOf(field),
    name: textOf(field.name) ?? lastPart(idOf(field)),
    types: [field.dataType].flat().map((type) => String(type ?? '').replace(/^.*[/:#]/, '')),
    from: from === undefined ? undefined : idOf(from),
    column: textOf(extract.column),
    fileProperty: textOf(extract.fileProperty),
    regex: textOf(transform?.regex),
    references: references === undefined ? undefined : idOf(references),
    recordSet,
  };
}

const isGroup = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): Json[] => (Array.isArray(value) ? value : [value]).filter(isGroup);
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== ''
    ? value
    : isGroup(value)
      ? textOf(value['@id'] ?? value.name ?? value.url)
      : undefined;
const idOf = (value: unknown): string =>
  typeof value === 'string' ? value : isGroup(value) ? String(value['@id'] ?? value.name ?? '') : '';
const lastPart = (path: string): string => path.split('/').pop()!;

const unsaid = (file: string, why: string): LesionlabError =>
  dataError('croissant-without-label', `${file} does not say how to read this data: ${why}.`, {
    hint: {
      terminal: '`lesionlab describe <folder>` looks at the data itself and writes a description to be checked.',
      page: 'Describe the data in the form: it says what the data itself shows.',
    },
  });
