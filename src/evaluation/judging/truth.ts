import type { ClassInfo, Dataset, ImageRecord, SplitName } from '../../data/dataset.js';
import { ham10000Classes } from '../../data/formats/ham10000.js';
import { isMissing, isUnknown, readDxType } from '../../data/reading/columnValues.js';
import { lesionColumns, patientColumns } from '../../data/reading/groupColumns.js';
import { imageColumnNames, nameImages } from '../../data/reading/imageIds.js';
import { type MetadataTable, RowProblems } from '../../data/reading/metadataTable.js';
import { composed } from '../../data/storedFile.js';
import { usageError } from '../../errors.js';

/** What is known of the images that a classifier is judged on: a dataset without its image files. */
export interface Truth
  extends Pick<Dataset, 'info' | 'records' | 'hasLesionIds' | 'hasPatientIds' | 'metadataFile' | 'columns'> {
  /** What had to be guessed of it, sentences for readers. */
  readonly words: readonly string[];
  /** SHA-256 of the split file that it is out of: its validation images are there to calibrate on and for nothing else. */
  readonly splitFile?: string;
}

/** Names that columns of tables of images have, the first that a table has being taken. */
export const truthColumnNames = {
  image: imageColumnNames,
  label: [
    ...['label', 'dx', 'diagnosis', 'truth', 'target', 'class', 'y_true', 'y', 'ground_truth', 'benign_malignant'],
    ...['diagnose', 'befund', 'klasse', 'diagnóstico', 'diagnostico', 'diagnosi', 'diagnostic', 'classe', 'clase'],
  ],
  lesion: lesionColumns,
  patient: patientColumns,
  dxType: ['dx_type', 'confirmation', 'confirmed_by', 'diagnosis_confirm_type'],
  split: ['split', 'official_split', 'subset'],
} as const;

const splits: ReadonlyMap<string, SplitName> = new Map([
  ['train', 'train'],
  ['training', 'train'],
  ['validation', 'validation'],
  ['val', 'validation'],
  ['test', 'test'],
]);

/** The split that a cell names; undefined where it names none. */
export const splitOfCell = (cell: string): SplitName | undefined => splits.get(cell.toLowerCase());

/**
 * Reads a truth out of any table with ids and labels: `id,label[,lesion,patient,confirmation,split]`, under the names that such columns
 * usually have. The classes are what stands in the labels, in the order in which they appear; 0 and 1 are taken in that order, and of HAM10000's
 * codes it is known what they are called and which are malignant, as in any table of one's own.
 * @throws LesionlabError kind `usage` where no column looks like ids or labels; kind `data` that lists every row without an id or a label, or
 *   with an id that stood before
 */
export function truthFromTable(table: MetadataTable): Truth {
  const indexOf = (what: keyof typeof truthColumnNames) => {
    const name = truthColumnNames[what].find((candidate) => table.columns.includes(candidate));
    return name === undefined ? -1 : table.columns.indexOf(name);
  };
  const [image, label] = [indexOf('image'), indexOf('label')];
  for (const [index, words] of [
    [image, 'ids of images'],
    [label, 'diagnoses'],
  ] as const)
    if (index < 0)
      throw usageError('truth-columns', `${table.file} has no column that looks like ${words}.`, {
        hint: `Expected id,label[,lesion,patient] or a table of a known dataset; found ${table.columns.join(', ')}. Columns are known by their names: rename them.`,
      });
  const optional = ([name]: readonly [keyof typeof truthColumnNames]) => {
    const index = indexOf(name);
    return (cells: readonly string[]) => (index < 0 || isUnknown(cells[index]) ? undefined : cells[index]);
  };
  const [lesionOf, patientOf, dxTypeOf, splitOf] = (['lesion', 'patient', 'dxType', 'split'] as const).map((name) =>
    optional([name]),
  );
  const ids = nameImages(table.rows.map(({ cells }) => cells[image])).map(({ imageId }) => imageId);
  const problems = new RowProblems(table.file);
  const rowOf = new Map<string, number>();
  const found = new Map<string, string>();
  for (const [i, { number, cells }] of table.rows.entries()) {
    if (ids[i] === '') problems.add(number, 'no-image-id', 'the id is empty.', 'Fill in the id or remove the row.');
    const earlier = rowOf.get(ids[i]);
    if (earlier !== undefined)
      problems.add(
        number,
        'duplicate-image-id',
        `image ${ids[i]} already stands in row ${earlier}.`,
        'Every image may have one truth: remove one of the two rows.',
      );
    rowOf.set(ids[i], number);
    if (isMissing(cells[label]))
      problems.add(
        number,
        'no-label',
        `image ${ids[i]} has no ${table.columns[label]}.`,
        'Fill it in or remove the row.',
      );
    else found.set(composed(cells[label]).toLowerCase(), cells[label]);
  }
  problems.throwIfAny();
  const values = [...found.values()];
  const binary = values.length === 2 && values.every((value) => value === '0' || value === '1');
  const classes = (binary ? ['0', '1'] : values).map(
    (id): ClassInfo => ham10000Classes.find((known) => known.id === id.toLowerCase()) ?? { id, name: id },
  );
  const labelOf = new Map(classes.map(({ id }, k) => [id.toLowerCase(), k]));
  const records = table.rows.map(({ cells, number }, i): ImageRecord => {
    const patientId = patientOf(cells);
    const dxType = dxTypeOf(cells);
    const officialSplit = splitOfCell(splitOf(cells) ?? '');
    return {
      imageId: ids[i],
      lesionId: lesionOf(cells) ?? ids[i],
      label: labelOf.get(composed(cells[label]).toLowerCase())!,
      age: null,
      row: number,
      ...(patientId !== undefined && { patientId }),
      ...(dxType !== undefined && { dxType: readDxType(dxType) }),
      ...(officialSplit && { officialSplit }),
    };
  });
  return {
    info: { id: 'table', name: table.file.split(/[/\\]/).at(-1)!, classes, synthetic: false },
    records,
    hasLesionIds: indexOf('lesion') >= 0 && records.some(({ lesionId, imageId }) => lesionId !== imageId),
    hasPatientIds: records.some(({ patientId }) => patientId !== undefined),
    metadataFile: table.file,
    words: [
      `Truth: ids from the column ${table.columns[image]}, diagnoses from ${table.columns[label]} (${classes.map(({ id }) => id).join(', ')}).`,
    ],
  };
}
