import type { ClassInfo, ImageRecord } from '../dataset.js';
import { ham10000Classes } from './ham10000.js';
import { type MetadataTable, RowProblems } from './metadataTable.js';

/** What a table is, by its columns. */
export type TableKind =
  /** HAM10000's metadata: at least `image_id` and `dx`. */
  | 'ham10000'
  /** Metadata as it seems, but without `dx`. */
  | 'ham10000-without-dx'
  /** ISIC 2018 one-hot ground truth: `image` and one column a diagnosis. */
  | 'isic2018'
  /** ISIC 2018 lesion groupings: `image`, `lesion_id`, `diagnosis_confirm_type`. */
  | 'isic2018-groupings'
  | 'other';

/** @param columns names in lower case */
export function recogniseTable(columns: readonly string[]): TableKind {
  const has = (name: string) => columns.includes(name);
  // lesionlab's own splits.csv, folds.csv and predictions.csv start like the metadata.
  if (has('split') || has('predicted') || has('fold')) return 'other';
  if (has('image_id')) {
    if (has('dx')) return 'ham10000';
    if (['lesion_id', 'dx_type', 'localization'].some(has)) return 'ham10000-without-dx';
    return 'other';
  }
  if (has('image')) {
    if (ham10000Classes.every(({ id }) => has(id))) return 'isic2018';
    if (has('lesion_id')) return 'isic2018-groupings';
  }
  return 'other';
}

export interface ParsedRecords {
  readonly records: ImageRecord[];
  readonly hasLesionIds: boolean;
}

const missingMarks = new Set(['', 'na', 'n/a', 'nan', 'null', 'none']);
const isMissing = (value: string) => missingMarks.has(value.toLowerCase());

/**
 * The classes that stand in a table's column dx: HAM10000's own where a value is one of its codes in whatever case, others by their
 * value, in the order in which they appear. An empty dx is no class.
 */
export function classesInTable(table: MetadataTable): ClassInfo[] {
  const dx = table.columns.indexOf('dx');
  const found = new Map<string, ClassInfo>();
  for (const { cells } of table.rows) {
    const value = cells[dx];
    if (value === '') continue;
    const known = ham10000Classes.find(({ id }) => id === value.toLowerCase());
    const info = known ?? { id: value, name: value };
    found.set(info.id, info);
  }
  return [...found.values()];
}

/**
 * Image records of HAM10000's metadata table, in its order.
 * @throws LesionlabError kind `data`, naming every row with an unknown `dx`, a second `image_id`, or an impossible age
 */
export function ham10000Records(table: MetadataTable, classes: readonly ClassInfo[] = ham10000Classes): ParsedRecords {
  const column = (name: string) => table.columns.indexOf(name);
  const [imageId, lesionId, dx] = [column('image_id'), column('lesion_id'), column('dx')];
  const [dxType, age, sex, localization] = [column('dx_type'), column('age'), column('sex'), column('localization')];
  const problems = new RowProblems(table.file);
  const seen = new SeenImages(problems);
  const labelOf = new Map(classes.flatMap(({ id }, label) => [[id, label] as const]));
  const records = table.rows.map(({ number, cells }): ImageRecord => {
    const id = cells[imageId];
    seen.add(id, number);
    const code = cells[dx];
    const label = labelOf.get(code) ?? labelOf.get(code.toLowerCase());
    if (label === undefined) {
      problems.add(
        number,
        'unknown-diagnosis',
        `image ${id} has dx "${code}", expected ${classes.length > 0 ? `one of ${classes.map((entry) => entry.id).join(', ')}` : 'a diagnosis'}.`,
        'Mend the dx of that row or remove the row; other diagnoses can be trained from class folders.',
      );
    }
    const text = (index: number) => (index < 0 || isMissing(cells[index]) ? undefined : cells[index]);
    return {
      imageId: id,
      lesionId: text(lesionId) ?? id,
      label: label ?? 0,
      dxType: text(dxType),
      age: ageOf(text(age), id, number, problems),
      sex: text(sex),
      localization: text(localization),
      row: number,
    };
  });
  problems.throwIfAny();
  return { records, hasLesionIds: lesionId >= 0 && records.some((record) => record.lesionId !== record.imageId) };
}

/** ISIC's words for how a diagnosis was made, and HAM10000's codes for the same. */
const confirmTypes: Readonly<Record<string, string>> = {
  histopathology: 'histo',
  'serial imaging showing no change': 'follow_up',
  'single image expert consensus': 'consensus',
  'confocal microscopy with consensus dermoscopy': 'confocal',
};

/**
 * Image records of ISIC 2018's one-hot ground truth, in its order; lesion ids and `dxType` come from the groupings table.
 * @throws LesionlabError kind `data`, naming every row that has not exactly one diagnosis or repeats an image
 */
export function isic2018Records(
  truth: MetadataTable,
  groupings?: MetadataTable,
  classes: readonly ClassInfo[] = ham10000Classes,
): ParsedRecords {
  const problems = new RowProblems(truth.file);
  const seen = new SeenImages(problems);
  const image = truth.columns.indexOf('image');
  const columnOf = classes.map(({ id }) => truth.columns.indexOf(id.toLowerCase()));
  const lesions = groupings ? lesionsByImage(groupings) : new Map<string, LesionEntry>();
  const records = truth.rows.map(({ number, cells }): ImageRecord => {
    const imageId = cells[image];
    seen.add(imageId, number);
    const values = columnOf.map((index) => Number(cells[index] || Number.NaN));
    const label = values.indexOf(1);
    if (label < 0 || values.some((value, index) => value !== (index === label ? 1 : 0))) {
      problems.add(
        number,
        'not-one-hot',
        `image ${imageId} must have a single diagnosis marked 1 and all others 0, found ${values.join(', ')}.`,
        'Mend that row, or download the ground truth again.',
      );
    }
    const lesion = lesions.get(imageId);
    return {
      imageId,
      lesionId: lesion?.lesionId ?? imageId,
      label: Math.max(label, 0),
      dxType: lesion?.dxType,
      age: null,
      row: number,
    };
  });
  problems.throwIfAny();
  return { records, hasLesionIds: records.some((record) => record.lesionId !== record.imageId) };
}

interface LesionEntry {
  readonly lesionId: string;
  readonly dxType: string | undefined;
}

function lesionsByImage(table: MetadataTable): Map<string, LesionEntry> {
  const [image, lesion] = [table.columns.indexOf('image'), table.columns.indexOf('lesion_id')];
  const confirm = table.columns.indexOf('diagnosis_confirm_type');
  const problems = new RowProblems(table.file);
  const seen = new SeenImages(problems);
  const entries = new Map<string, LesionEntry>();
  for (const { number, cells } of table.rows) {
    seen.add(cells[image], number);
    if (isMissing(cells[lesion])) continue;
    const words = confirm < 0 || isMissing(cells[confirm]) ? undefined : cells[confirm];
    entries.set(cells[image], { lesionId: cells[lesion], dxType: words && (confirmTypes[words] ?? words) });
  }
  problems.throwIfAny();
  return entries;
}

class SeenImages {
  readonly #rows = new Map<string, number>();
  readonly #problems: RowProblems;

  constructor(problems: RowProblems) {
    this.#problems = problems;
  }

  add(imageId: string, row: number): void {
    if (imageId === '') {
      this.#problems.add(row, 'no-image-id', 'the image id is empty.', 'Fill in the image id or remove the row.');
      return;
    }
    const earlier = this.#rows.get(imageId);
    if (earlier !== undefined) {
      this.#problems.add(
        row,
        'duplicate-image-id',
        `image ${imageId} already stands in row ${earlier}; every image may have one row.`,
        'Remove one of the two rows.',
      );
    } else this.#rows.set(imageId, row);
  }
}

function ageOf(text: string | undefined, imageId: string, row: number, problems: RowProblems): number | null {
  if (text === undefined || text.toLowerCase() === 'unknown') return null;
  const age = Number(text);
  if (Number.isFinite(age) && age >= 0 && age <= 120) return age;
  problems.add(
    row,
    'bad-age',
    `image ${imageId} has age "${text}", expected years from 0 to 120 or nothing.`,
    'Mend the age, or leave the cell empty where it is not known.',
  );
  return null;
}
