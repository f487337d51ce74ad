import type { ClassInfo } from '../../data/dataset.js';
import { nameImages } from '../../data/reading/imageIds.js';
import { parseTable, RowProblems } from '../../data/reading/metadataTable.js';

/** What is true of images, from a dataset or any table. */
export interface ReaderTruth {
  readonly classes: readonly ClassInfo[];
  readonly imageIds: readonly string[];
  /** [N], class indices. */
  readonly labels: ArrayLike<number>;
  /** [N], images of one lesion (or patient) share it; left out where nothing is known of that. */
  readonly lesionIds?: readonly string[];
}

const imageColumns = ['image_id', 'image', 'image_name', 'isic_id', 'case', 'case_id'];
const labelColumns = [
  'truth',
  'ground_truth',
  'dx',
  'diagnosis',
  'label',
  'class',
  'target',
  'malignant',
  'benign_malignant',
];
const lesionColumns = ['lesion_id', 'patient_id'];

/**
 * Reads the truth out of a table with a column of image ids and one of classes, and no more than that: images needn't be at hand.
 * @returns undefined where the table has no such columns
 * @throws LesionlabError kind `data` that names every row at fault
 */
export function readTruthTable(text: string, file: string): ReaderTruth | undefined {
  const { columns, rows } = parseTable(text, file);
  const [image, label, lesion] = [imageColumns, labelColumns, lesionColumns].map(
    (names) => names.map((name) => columns.indexOf(name)).find((index) => index >= 0) ?? -1,
  );
  if (image < 0 || label < 0) return undefined;
  const problems = new RowProblems(file);
  const imageIds = nameImages(rows.map(({ cells }) => cells[image])).map(({ imageId }) => imageId);
  const seen = new Set<string>();
  for (const [i, { cells, number }] of rows.entries()) {
    if (cells[label] === '')
      problems.add(
        number,
        'no-truth',
        `image ${imageIds[i]} has no ${columns[label]}.`,
        'Fill it in, or remove the row.',
      );
    if (seen.has(imageIds[i]))
      problems.add(number, 'two-truths', `image ${imageIds[i]} stands above already.`, 'Keep one row an image.');
    seen.add(imageIds[i]);
  }
  problems.throwIfAny();
  const labels = rows.map(({ cells }) => cells[label]);
  const ids = [...new Set(labels)].sort();
  return {
    classes: ids.map((id) => ({ id, name: id })),
    imageIds,
    labels: labels.map((id) => ids.indexOf(id)),
    lesionIds: lesion < 0 ? undefined : rows.map(({ cells }, i) => cells[lesion] || imageIds[i]),
  };
}
