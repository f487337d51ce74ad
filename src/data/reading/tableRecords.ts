import type { ClassInfo, ImageRecord } from '../dataset.js';
import { AgeColumn, isMissing, isUnknown, readDxType, readPlace, readSexes } from './columnValues.js';
import type { FormatOptions, ParsedRecords } from './datasetFormat.js';
import { nameImages } from './imageIds.js';
import { type MetadataRow, type MetadataTable, RowProblems } from './metadataTable.js';

/** Names of the columns that records are read from; those that a table lacks leave the values out. */
export interface RecordColumns {
  readonly image: string;
  readonly lesion?: string;
  readonly dxType?: string;
  readonly age?: string;
  readonly sex?: string;
  readonly localization?: string;
}

/** The label of a row, or what is wrong with it. */
export type ReadLabel = (row: MetadataRow) => number | RowFault;

export interface RowFault {
  readonly code: string;
  /** Goes on from `image X `. */
  readonly fault: string;
  readonly hint: string;
}

/**
 * Image records of a table, in its order: what all formats with a table have in common.
 * @throws LesionlabError kind `data`, naming every row without an image id, with one that stood before, or whose label `readLabel` finds fault with
 */
export function readRecords(
  table: MetadataTable,
  columns: RecordColumns,
  readLabel: ReadLabel,
): Omit<ParsedRecords, 'classes'> {
  const cellsOf = (name: string | undefined): string[] | undefined => {
    const index = name === undefined ? -1 : table.columns.indexOf(name);
    return index < 0 ? undefined : table.rows.map(({ cells }) => cells[index]);
  };
  const named = nameImages(cellsOf(columns.image)!);
  const [lesions, dxTypes, ages] = [cellsOf(columns.lesion), cellsOf(columns.dxType), cellsOf(columns.age)];
  const sexes = readSexes(cellsOf(columns.sex) ?? []);
  const places = cellsOf(columns.localization)?.map(readPlace);
  const ageColumn = new AgeColumn();
  const problems = new RowProblems(table.file);
  const seen = new Map<string, number>();
  const records = table.rows.map((row, i): ImageRecord => {
    const { imageId } = named[i];
    const { number } = row;
    checkId(imageId, number, seen, problems);
    const label = readLabel(row);
    if (typeof label !== 'number') problems.add(number, label.code, `image ${imageId} ${label.fault}`, label.hint);
    return {
      imageId,
      // Lesions that are not known are not one lesion.
      lesionId: lesions && !isUnknown(lesions[i]) ? lesions[i] : imageId,
      label: typeof label === 'number' ? label : 0,
      dxType: dxTypes && readDxType(dxTypes[i]),
      age: ages ? ageColumn.read(ages[i], number, imageId) : null,
      sex: sexes[i],
      localization: places?.[i],
      row: number,
    };
  });
  problems.throwIfAny();
  const hasLesionIds = records.some(({ lesionId, imageId }) => lesionId !== imageId);
  return { records, hasLesionIds, named, notes: ageColumn.notes(table.file) };
}

function checkId(imageId: string, row: number, seen: Map<string, number>, problems: RowProblems): void {
  if (imageId === '') {
    problems.add(row, 'no-image-id', 'the image id is empty.', 'Fill in the image id or remove the row.');
    return;
  }
  const earlier = seen.get(imageId);
  if (earlier === undefined) seen.set(imageId, row);
  else
    problems.add(
      row,
      'duplicate-image-id',
      `image ${imageId} already stands in row ${earlier}; every image may have one row.`,
      'Remove one of the two rows.',
    );
}

/**
 * The classes that stand in a column: those of `known` where a value is one of their codes in whatever case, others by their value, in the
 * order in which they appear. An empty cell is no class.
 */
export function classesInColumn(table: MetadataTable, column: string, known: readonly ClassInfo[]): ClassInfo[] {
  const index = table.columns.indexOf(column);
  const found = new Map<string, ClassInfo>();
  for (const { cells } of table.rows) {
    const value = cells[index];
    if (value === '') continue;
    const info = known.find(({ id }) => id === value.toLowerCase()) ?? { id: value, name: value };
    found.set(info.id, info);
  }
  return [...found.values()];
}

/** Reads labels from a column of class codes, in whatever case. */
export function labelsOfColumn(table: MetadataTable, column: string, classes: readonly ClassInfo[]): ReadLabel {
  const index = table.columns.indexOf(column);
  const labelOf = new Map(classes.map(({ id }, label) => [id, label] as const));
  const codes = classes.map(({ id }) => id).join(', ');
  return ({ cells }) => {
    const code = cells[index];
    return (
      labelOf.get(code) ??
      labelOf.get(code.toLowerCase()) ?? {
        code: 'unknown-diagnosis',
        fault: `has ${column} "${code}", expected ${classes.length > 0 ? `one of ${codes}` : 'a diagnosis'}.`,
        hint: `Mend the ${column} of that row or remove the row; other diagnoses can be trained from class folders.`,
      }
    );
  };
}

/** Columns of HAM10000's table, which tables of one's own have in part. */
export const ham10000Columns: RecordColumns = {
  image: 'image_id',
  lesion: 'lesion_id',
  dxType: 'dx_type',
  age: 'age',
  sex: 'sex',
  localization: 'localization',
};

/** Records of a table with the columns image_id and dx and as many others of HAM10000's as it has. */
export function readDiagnoses(
  table: MetadataTable,
  known: readonly ClassInfo[],
  { classes: given, anyDiagnosis = false }: FormatOptions,
): ParsedRecords {
  const classes = given ?? (anyDiagnosis ? classesInColumn(table, 'dx', known) : known);
  return { classes, ...readRecords(table, ham10000Columns, labelsOfColumn(table, 'dx', classes)) };
}

/** Lesion ids and how diagnoses were made by image id, from a second table. */
export function readGroupings(
  table: MetadataTable,
  columns: Required<Pick<RecordColumns, 'image' | 'lesion' | 'dxType'>>,
) {
  const problems = new RowProblems(table.file);
  const seen = new Map<string, number>();
  const [image, lesion, confirm] = [columns.image, columns.lesion, columns.dxType].map((name) =>
    table.columns.indexOf(name),
  );
  const named = nameImages(table.rows.map(({ cells }) => cells[image]));
  const entries = new Map<string, { readonly lesionId?: string; readonly dxType?: string }>();
  for (const [i, { number, cells }] of table.rows.entries()) {
    const { imageId } = named[i];
    checkId(imageId, number, seen, problems);
    if (isUnknown(cells[lesion])) continue;
    const words = confirm < 0 || isMissing(cells[confirm]) ? undefined : cells[confirm];
    entries.set(imageId, { lesionId: cells[lesion], dxType: words && readDxType(words) });
  }
  problems.throwIfAny();
  return entries;
}
