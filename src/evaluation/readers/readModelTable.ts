import { nameImages } from '../../data/reading/imageIds.js';
import { parseTable, RowProblems } from '../../data/reading/metadataTable.js';
import { dataError, usageError } from '../../errors.js';
import type { ModelReading } from './compareWithModel.js';
import { readYesOrNo } from './positiveAnswers.js';

/** What a model's table is read for. */
export interface ReadModelTableOptions {
  /** Name of the file, for messages; the model is called so. */
  readonly file: string;
  /** Of the study. */
  readonly imageIds: readonly string[];
  /** Ids of the classes of the truth, and which of them count as positive. */
  readonly classes: readonly string[];
  readonly positive: readonly string[];
  /**
   * From this score on the model counts as saying yes. Default: where the most probable class is a positive one; of a single column of probabilities 0.5.
   */
  readonly from?: number;
}

const imageColumns = ['image_id', 'image', 'image_name', 'isic_id', 'case', 'case_id'];
const scoreColumns = ['score', 'probability', 'prediction', 'target', 'malignant', 'confidence', 'positive'];

/**
 * Reads what a model said: predictions.csv of a run, or any table with image ids and a column for each class, or a single one of scores that are higher where positive
 * is likelier. A column for each class is a probability, so that those of positive classes are added up.
 * @returns the model's answers in the study's order (NaN: none), and what to mind
 * @throws LesionlabError kind `data` that names columns or every row at fault; kind `usage` where only the caller can tell from which score on yes is meant
 */
export function readModelTable(
  text: string,
  { file, imageIds, classes, positive, from }: ReadModelTableOptions,
): { readonly model: ModelReading; readonly notes: readonly string[] } {
  const { columns, rows } = parseTable(text, file);
  const image = imageColumns.map((name) => columns.indexOf(name)).find((index) => index >= 0) ?? -1;
  const places = classes.map((id) => columns.indexOf(id.toLowerCase()));
  const byClass =
    classes.length > 1 &&
    places.every((place) => place >= 0) &&
    !classes.every((id) => readYesOrNo(id) !== undefined && columns.length < 3);
  const single =
    [...scoreColumns, ...positive.map((id) => id.toLowerCase())]
      .map((name) => columns.indexOf(name))
      .find((index) => index >= 0) ?? -1;
  if (image < 0 || (!byClass && single < 0))
    throw dataError(
      'model-columns',
      `${file}: expected a column of image ids (image_id), and one for each of the classes ${classes.join(', ')} or a single one called score; found ${columns.join(', ') || 'nothing'}.`,
      { hint: 'Rename the columns; a score must be higher where positive is likelier.' },
    );
  const problems = new RowProblems(file);
  const rowOf = new Map<string, number>();
  const ids = nameImages(rows.map(({ cells }) => cells[image])).map(({ imageId }) => imageId);
  const taken = byClass ? places : [single];
  const values = rows.map(({ cells, number }, i) => {
    if (rowOf.has(ids[i]))
      problems.add(number, 'doubled-prediction', `image ${ids[i]} stands above already.`, 'Keep one row an image.');
    rowOf.set(ids[i], i);
    const found = taken.map((place) => (cells[place] === '' ? Number.NaN : Number(cells[place])));
    const strange = found.findIndex(
      (value) => !Number.isFinite(value) || (byClass && !(value >= 0 && value <= 1 + 1e-3)),
    );
    if (strange >= 0)
      problems.add(
        number,
        'model-score',
        `${columns[taken[strange]]} is "${cells[taken[strange]]}", expected a ${byClass ? 'probability from 0 to 1' : 'number'}.`,
        'Mend or remove the row; turn logits into probabilities first.',
      );
    return found;
  });
  problems.throwIfAny();
  if (!byClass && from === undefined && values.some(([value]) => value < 0 || value > 1))
    throw usageError(
      'model-threshold',
      `${file}: its scores aren't between 0 and 1, so that it isn't known from which on they mean yes.`,
      {
        hint: 'Say it: --model-from <score>.',
      },
    );
  const scoreOf = (own: readonly number[]) =>
    byClass ? own.reduce((sum, value, k) => sum + (positive.includes(classes[k]) ? value : 0), 0) : own[0];
  const answerOf = (own: readonly number[]) => {
    if (from !== undefined || !byClass) return scoreOf(own) >= (from ?? 0.5) ? 1 : 0;
    return positive.includes(classes[own.indexOf(Math.max(...own))]) ? 1 : 0;
  };
  const taking = (of: (own: readonly number[]) => number) =>
    imageIds.map((id) => {
      const row = rowOf.get(id);
      return row === undefined ? Number.NaN : of(values[row]);
    });
  const missing = imageIds.filter((id) => !rowOf.has(id));
  if (missing.length === imageIds.length)
    throw dataError(
      'model-images',
      `${file} has no image of the study. It has images called ${ids.slice(0, 3).join(', ')}; readers saw ${imageIds.slice(0, 3).join(', ')}.`,
      {
        hint: 'Give the model’s predictions of the images that were read.',
      },
    );
  const notes = [
    ...(missing.length > 0
      ? [
          `${missing.length} of ${imageIds.length} images that were read have no prediction; the model is judged without them.`,
        ]
      : []),
    byClass
      ? `The model’s score is the sum of its probabilities of ${positive.join(', ')}; it says yes ${from === undefined ? 'where its most probable class is one of these' : `from ${from} on`}.`
      : `The model says yes from a ${columns[single]} of ${from ?? 0.5} on.`,
  ];
  return { model: { name: file, scores: taking(scoreOf), answers: taking(answerOf) }, notes };
}
