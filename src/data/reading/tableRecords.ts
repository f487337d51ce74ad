import type { ClassInfo, DatasetNote, ImageRecord } from '../dataset.js';
import { type ColumnRoles, readFurtherColumns } from './columnRoles.js';
import {
  AgeColumn,
  isMissing,
  isUnknown,
  listFirst,
  readDxType,
  readNumber,
  readPlace,
  readSexes,
} from './columnValues.js';
import type { FormatOptions, ParsedRecords } from './datasetFormat.js';
import { lesionColumns, noteColumnsUnread, noteGroupsUnread, patientColumns } from './groupColumns.js';
import { nameImages } from './imageIds.js';
import { placeOfRow } from './joinTables.js';
import { columnCells, type MetadataTable, RowProblems, type TablePlace } from './metadataTable.js';
import { classesInColumn, labelsOfColumn, type ReadLabel } from './rowLabels.js';

/** A column by its name, or the first that is there of several names that people's copies have. */
export type ColumnName = string | readonly string[];

/** Names of the columns that records are read from; those that a table lacks leave the values out. */
export interface RecordColumns {
  readonly image: string;
  readonly lesion?: ColumnName;
  readonly patient?: ColumnName;
  readonly dxType?: ColumnName;
  readonly age?: ColumnName;
  readonly sex?: ColumnName;
  readonly localization?: ColumnName;
  readonly scoreWeight?: ColumnName;
  /** What further columns may be used for; those without a role are not kept. */
  readonly further?: ColumnRoles;
  /** The column with the diagnosis, where labels are read from one. */
  readonly label?: string;
  /** Columns that are not read and are told: those named for patients and lesions where left out, all of a table of one's own, none of what a description leaves out. */
  readonly tellUnread?: 'all' | 'none';
}

/** The name of a column that a table has, undefined where it has none of them. */
export const columnThere = (
  { columns }: Pick<MetadataTable, 'columns'>,
  name: ColumnName | undefined,
): string | undefined => (typeof name === 'string' ? [name] : (name ?? [])).find((one) => columns.includes(one));

/**
 * Image records of a table, in its order: what all formats with a table have in common.
 * @throws LesionlabError kind `data`, naming every row without an image id, with one that stood before, or whose label `readLabel` finds fault with
 */
export function readRecords(
  table: MetadataTable,
  columns: RecordColumns,
  readLabel: ReadLabel,
): Omit<ParsedRecords, 'classes'> {
  const taken = new Set<string>();
  const cellsOf = <T>(name: ColumnName | undefined, of: (cell: string) => T): T[] | undefined => {
    const found = columnThere(table, name);
    if (found === undefined) return undefined;
    taken.add(found);
    return columnCells(table, table.columns.indexOf(found)).map(of);
  };
  const asWritten = (cell: string) => cell;
  const named = nameImages(cellsOf(columns.image, asWritten)!);
  // Lesions and patients that are not known are not one.
  const known = (cell: string) => (isUnknown(cell) ? undefined : cell);
  const [lesions, patients] = [columns.lesion, columns.patient].map((name) => cellsOf(name, known));
  const dxTypes = cellsOf(columns.dxType, readDxType);
  const ages = cellsOf(columns.age, asWritten);
  const ageName = columnThere(table, columns.age);
  const sexes = readSexes(cellsOf(columns.sex, asWritten) ?? []);
  const places = cellsOf(columns.localization, readPlace);
  const weights = cellsOf(columns.scoreWeight, asWritten);
  const further = readFurtherColumns(table, columns.further ?? {}, taken);
  for (const { name } of further.columns) taken.add(name);
  const ageColumn = new AgeColumn();
  const problems = new RowProblems(table.file);
  const seen = new Map<string, number>();
  const repeated: RepeatedRow[] = [];
  const leftOut = new Map<string, { readonly at: TablePlace; readonly imageId: string }[]>();
  const outside: ImageRecord[] = [];
  const records: ImageRecord[] = [];
  for (const [i, row] of table.rows.entries()) {
    const { imageId } = named[i];
    const at = placeOfRow(table, row);
    const earlier = checkId(table, i, imageId, seen, problems);
    if (earlier !== undefined) {
      repeated.push({ at, imageId, first: placeOfRow(table, table.rows[earlier]) });
      continue;
    }
    const label = readLabel(row);
    if (typeof label === 'object') {
      if ('leftOut' in label) {
        const others = leftOut.get(label.leftOut) ?? [];
        others.push({ at, imageId });
        leftOut.set(label.leftOut, others);
      } else problems.add(at, label.code, `image ${imageId} ${label.fault}`, label.hint);
      continue;
    }
    const record: ImageRecord = {
      imageId,
      lesionId: lesions?.[i] ?? imageId,
      label: label === 'outside' ? -1 : label,
      dxType: dxTypes?.[i],
      age: ages ? ageColumn.read(ages[i], () => placeOfRow(table, row, ageName), imageId) : null,
      sex: sexes[i],
      localization: places?.[i],
      row: at.row,
      ...(at.file !== table.file && { table: at.file }),
      ...withOptional('patientId', patients?.[i]),
      ...(weights && !isMissing(weights[i]) && { scoreWeight: readWeight(weights[i], at, imageId, problems) }),
      ...withOptional('officialSplit', table.splitOf?.(row)),
    };
    further.give(record, i);
    (label === 'outside' ? outside : records).push(record);
  }
  problems.throwIfAny();
  return {
    records,
    hasLesionIds: records.some(({ lesionId, imageId }) => lesionId !== imageId),
    named,
    notes: [
      ...ageColumn.notes(),
      ...repeatedNote(repeated),
      ...leftOutNotes(leftOut),
      ...outsideNote(outside, table.file),
      ...noteUnread(table, taken, columns),
    ],
    ...(patients && { hasPatientIds: records.some(({ patientId }) => patientId !== undefined) }),
    ...(further.columns.length > 0 && { columns: further.columns }),
    ...(outside.length > 0 && { outside }),
  };
}

function noteUnread(
  table: MetadataTable,
  taken: ReadonlySet<string>,
  { label, tellUnread }: RecordColumns,
): DatasetNote[] {
  if (tellUnread === 'none') return [];
  const groups = noteGroupsUnread(table, taken);
  if (tellUnread === undefined || groups.length > 0) return groups;
  return noteColumnsUnread(table, new Set([...taken, ...(label === undefined ? [] : [label])]));
}

const withOptional = <K extends string, V>(key: K, value: V | undefined) =>
  (value === undefined ? {} : { [key]: value }) as { [key in K]?: V };

/** A row that stands twice, word for word, and where it stood first. */
interface RepeatedRow {
  readonly at: TablePlace;
  readonly first: TablePlace;
  readonly imageId: string;
}

/** @returns the earlier row that says the very same of the image, where there is one: it is enough */
function checkId(
  table: MetadataTable,
  index: number,
  imageId: string,
  seen: Map<string, number>,
  problems: RowProblems,
): number | undefined {
  const row = table.rows[index];
  if (imageId === '') {
    const hint = 'Fill in the image id or remove the row.';
    problems.add(placeOfRow(table, row), 'no-image-id', 'the image id is empty.', hint);
    return undefined;
  }
  const first = seen.get(imageId);
  if (first === undefined) {
    seen.set(imageId, index);
    return undefined;
  }
  const earlierRow = table.rows[first];
  const [before, now] = [earlierRow.cells, row.cells];
  const differing = now.findIndex((cell, column) => cell !== before[column]);
  const sameSplit = table.splitOf?.(earlierRow) === table.splitOf?.(row);
  if (differing < 0 && sameSplit) return first;
  const [earlier, at] = [earlierRow, row].map((one) => placeOfRow(table, one));
  const place = `${earlier.file === at.file ? '' : `${earlier.file}, `}row ${earlier.row}`;
  const saying =
    differing < 0
      ? ', as of another split'
      : `, with ${table.columns[differing] || 'a cell'} "${before[differing]}" in place of "${now[differing]}"`;
  problems.add(
    at,
    'duplicate-image-id',
    `image ${imageId} already stands in ${place}${saying}; every image may have one row.`,
    'Remove one of the two rows.',
  );
  return undefined;
}

function repeatedNote(found: readonly RepeatedRow[]): DatasetNote[] {
  if (found.length === 0) return [];
  // A row of several images is one row.
  const rows = [...new Map(found.map((row) => [`${row.at.file} ${row.at.row}`, row])).values()];
  const [{ at }] = rows;
  const where = listFirst(
    rows.map(
      ({ at: { row }, first }) => `row ${row} as ${first.file === at.file ? '' : `${first.file}, `}row ${first.row}`,
    ),
  );
  const count = rows.length === 1 ? 'one row stands' : `${rows.length} rows stand`;
  return [
    {
      kind: 'interpreted-value',
      imageIds: found.map(({ imageId }) => imageId),
      message: `${at.file}: ${count} there twice, word for word, and ${rows.length === 1 ? 'counts' : 'count'} once (${where}).`,
    },
  ];
}

function readWeight(cell: string, at: TablePlace, imageId: string, problems: RowProblems): number {
  const weight = readNumber(cell);
  if (weight >= 0) return weight;
  problems.add(
    at,
    'bad-weight',
    `image ${imageId} has the weight "${cell}", expected a number, 0 or more.`,
    'Mend that row, or download the ground truth again.',
  );
  return 1;
}

const leftOutNotes = (leftOut: ReadonlyMap<string, readonly { at: TablePlace; imageId: string }[]>): DatasetNote[] =>
  [...leftOut].map(([why, rows]) => ({
    kind: 'interpreted-value',
    imageIds: rows.map(({ imageId }) => imageId),
    message: `${rows[0].at.file}: ${rows.length === 1 ? 'one image takes' : `${rows.length} images take`} no part, with ${why} (${listFirst([...new Set(rows.map(({ at }) => `row ${at.row}`))])}).`,
  }));

function outsideNote(outside: readonly ImageRecord[], file: string): DatasetNote[] {
  if (outside.length === 0) return [];
  const count = outside.length === 1 ? 'One image is' : `${outside.length} images are`;
  const message = `${count} of none of the classes by ${outside[0].table ?? file}: kept apart, no part of training.`;
  return [{ kind: 'interpreted-value', imageIds: outside.map(({ imageId }) => imageId), message }];
}

/** Columns of HAM10000's table, which tables of one's own have in part. */
export const ham10000Columns: RecordColumns = {
  image: 'image_id',
  lesion: lesionColumns,
  patient: patientColumns,
  dxType: 'dx_type',
  age: 'age',
  sex: 'sex',
  localization: 'localization',
  further: { subgroup: ['dataset'] },
};

/** Records of a table with the columns image_id and dx and as many others of HAM10000's as it has. */
export function readDiagnoses(
  table: MetadataTable,
  known: readonly ClassInfo[],
  { classes: given, anyDiagnosis = false }: FormatOptions,
  more: Pick<RecordColumns, 'tellUnread'> = {},
): ParsedRecords {
  const classes = given ?? (anyDiagnosis ? classesInColumn(table, 'dx', known) : known);
  return {
    classes,
    ...readRecords(table, { ...ham10000Columns, label: 'dx', ...more }, labelsOfColumn(table, 'dx', classes)),
  };
}
