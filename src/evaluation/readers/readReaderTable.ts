import { nameImages } from '../../data/reading/imageIds.js';
import { type MetadataTable, parseTable, RowProblems } from '../../data/reading/metadataTable.js';
import { dataError, usageError } from '../../errors.js';
import { matchIds } from '../judging/matchIds.js';
import { numberGroups } from '../metrics/scoredImages.js';
import { positiveClasses } from './positiveAnswers.js';
import { findReaderColumns, type ReaderColumn, type ReaderColumns } from './readerColumns.js';
import { type ReaderRow, readRows } from './readerRows.js';
import { type ReaderCell, type ReaderStudy, requireStudy } from './readerStudy.js';
import type { ReaderTruth } from './readerTruth.js';

/** How a reader study's table is read. */
export interface ReadReaderTableOptions {
  /** Name of the file, for messages. */
  readonly file: string;
  /** Left out where the table has a column `truth`. */
  readonly truth?: ReaderTruth;
  /** Ids of the classes that readers were to find; by default the malignant ones, where the truth says which they are. */
  readonly positive?: readonly string[];
  /** What a confidence is in: that the image is positive, or that the answer is right. Asked for where the table doesn't show it. */
  readonly confidenceIn?: 'positive' | 'answer';
  /** From this confidence on a reader counts as having said yes: where there are confidences alone. */
  readonly answerFrom?: number;
  /** The session that is analysed, where the same reader saw the same image under the same condition in several; by default the first. */
  readonly session?: string;
  /** Names of columns by what they hold. */
  readonly columns?: Partial<Readonly<Record<ReaderColumn, string>>>;
}

/** A reader study out of a table. */
export interface ReadReaderTable {
  readonly study: ReaderStudy;
  /** What readers were to find, in words. */
  readonly question: string;
  /** Ids of the classes that count as positive. */
  readonly positive: readonly string[];
  /** Classes of the truth. */
  readonly classes: ReaderTruth['classes'];
  /** Whether it is known which images are of one lesion. */
  readonly hasLesions: boolean;
  /** How the table was understood, and what is missing in it. */
  readonly notes: readonly string[];
}

/**
 * Reads what readers said: one row a reader and image (and condition, and session).
 * @throws LesionlabError kind `data` that names the columns, or every row at fault; kind `usage` for what only the caller can know
 */
export function readReaderTable(text: string, options: ReadReaderTableOptions): ReadReaderTable {
  const { file } = options;
  const table = parseTable(text, file);
  const columns = findReaderColumns(table.columns, file, options.columns);
  if (table.rows.length === 0)
    throw dataError('reader-empty', `${file} has no rows: expected one for each reader and image.`);
  const imageIds = nameImages(table.rows.map(({ cells }) => cells[columns.image_id])).map(({ imageId }) => imageId);
  const notes: string[] = [];
  const truth = options.truth ?? truthOfTable(table, columns, imageIds, file);
  const { ids: positive, question } = positiveClasses(truth.classes, options.positive);
  const images = matchImages(imageIds, truth, file);
  const rows = readRows(table, columns, {
    images: imageIds.map((id) => images.placeOf.get(id)!),
    imageIds,
    truth,
    positive,
  });
  const conditions = distinct(rows.map(({ condition }) => condition));
  const readers = distinct(rows.map(({ reader }) => reader));
  const { first, repeats } = bySession(rows, options.session, notes, file);
  const direction = confidenceDirection(first, columns, options, file);
  if (direction === 'answer') notes.push('Confidence is taken as confidence in the answer that was given.');
  const categories = categoriesOf(rows, truth, columns);
  const toCells = (own: readonly ReaderRow[]) =>
    cellsOf(own, { readers, conditions, categories, columns, direction, answerFrom: options.answerFrom });
  const { lesionIds } = truth;
  const study: ReaderStudy = {
    readers,
    conditions,
    imageIds: images.ids,
    truths: images.rows.map((row) => (positive.includes(truth.classes[truth.labels[row]].id) ? 1 : 0)),
    clusterOf: numberGroups(images.rows.map((row, i) => lesionIds?.[row] ?? images.ids[i])).groupOf,
    cells: toCells(first),
    repeats: repeats.length > 0 ? toCells(repeats) : undefined,
    categories,
  };
  requireStudy(study);
  if (images.words) notes.push(images.words);
  notes.push(...missingAnswers(study));
  return { study, question, positive, classes: truth.classes, hasLesions: lesionIds !== undefined, notes };
}

const distinct = (values: readonly string[]): string[] => [...new Set(values)];

function truthOfTable(
  table: MetadataTable,
  columns: ReaderColumns,
  imageIds: readonly string[],
  file: string,
): ReaderTruth {
  if (columns.truth < 0)
    throw usageError('no-truth', `${file} has no column truth, and no other truth was given.`, {
      hint: {
        terminal: 'Give the truth with --truth <dataset or table>.',
        page: 'Open the table or folder that holds the truth, too.',
      },
    });
  const problems = new RowProblems(file);
  const found = new Map<string, { truth: string; lesion: string }>();
  for (const [i, { cells, number }] of table.rows.entries()) {
    const truth = cells[columns.truth].toLowerCase();
    const lesion = columns.lesion_id < 0 ? imageIds[i] : cells[columns.lesion_id] || imageIds[i];
    const earlier = found.get(imageIds[i]);
    if (truth === '')
      problems.add(number, 'no-truth', `image ${imageIds[i]} has no truth.`, 'Fill it in, or remove the row.');
    else if (earlier && (earlier.truth !== truth || earlier.lesion !== lesion))
      problems.add(
        number,
        'two-truths',
        `image ${imageIds[i]} has another truth or lesion than above.`,
        'Give each image one.',
      );
    else found.set(imageIds[i], { truth, lesion });
  }
  problems.throwIfAny();
  const ids = distinct([...found.values()].map(({ truth }) => truth)).sort();
  return {
    classes: ids.map((id) => ({ id, name: id })),
    imageIds: [...found.keys()],
    labels: Array.from(found.values(), ({ truth }) => ids.indexOf(truth)),
    lesionIds: columns.lesion_id < 0 ? undefined : Array.from(found.values(), ({ lesion }) => lesion),
  };
}

/** Images that were read, each with its row in the truth. */
function matchImages(imageIds: readonly string[], truth: ReaderTruth, file: string) {
  const ids = distinct(imageIds);
  const { pairs, strangers, words } = matchIds(ids, truth.imageIds, file);
  if (strangers.length > 0) {
    const unknown = strangers.map((place) => ids[place]);
    throw dataError(
      'reader-images',
      `${file}: of ${unknown.length} of ${ids.length} images that were read the truth is not known. They are called ${unknown.slice(0, 3).join(', ')}; the truth has images called ${truth.imageIds.slice(0, 3).join(', ')}.`,
      {
        hint: 'Give the truth of all images that were read, with the same ids; file endings and folders don’t matter.',
        details: unknown,
      },
    );
  }
  const rows = ids.map(() => 0);
  for (const [place, row] of pairs) rows[place] = row;
  return { ids, rows, placeOf: new Map(ids.map((id, place) => [id, place])), words };
}

/** Readings that are analysed, and those of the same reader, image and condition in another session. */
function bySession(rows: readonly ReaderRow[], wanted: string | undefined, notes: string[], file: string) {
  const sessions = distinct(rows.map(({ session }) => session));
  if (wanted !== undefined && !sessions.includes(wanted))
    throw usageError(
      'no-session',
      `${file} has no session "${wanted}"; it has ${sessions.map((name) => `"${name}"`).join(', ')}.`,
    );
  const chosen = new Map<string, ReaderRow>();
  for (const row of rows) {
    const key = JSON.stringify([row.reader, row.image, row.condition]);
    const other = chosen.get(key);
    if (!other || (row.session === wanted && other.session !== wanted)) chosen.set(key, row);
  }
  const first =
    wanted === undefined ? [...chosen.values()] : [...chosen.values()].filter(({ session }) => session === wanted);
  const repeated = new Map<string, ReaderRow>();
  for (const row of rows) {
    const key = JSON.stringify([row.reader, row.image, row.condition]);
    if (chosen.get(key) !== row && !repeated.has(key)) repeated.set(key, row);
  }
  if (repeated.size > 0)
    notes.push(
      `${repeated.size} readings are of an image that the same reader had read before under the same condition: ${wanted === undefined ? 'the first of each is' : `those of session ${wanted} are`} analysed, the second serves for agreement alone.`,
    );
  return { first, repeats: [...repeated.values()] };
}

/** Whether more confidence means more positive, or more of the answer. */
function confidenceDirection(
  rows: readonly ReaderRow[],
  columns: ReaderColumns,
  { confidenceIn }: ReadReaderTableOptions,
  file: string,
): 'positive' | 'answer' {
  const needed = confidenceIn === 'answer';
  if (columns.confidence < 0 || columns.answer < 0) {
    if (needed)
      throw usageError(
        'confidence-in-answer',
        `${file} has no ${columns.answer < 0 ? 'answers' : 'confidences'}, so there is no confidence in an answer.`,
      );
    return 'positive';
  }
  if (needed && rows.some(({ confidence }) => confidence < 0))
    throw usageError(
      'negative-confidence',
      `${file} has confidences below 0: expected numbers from 0 where they are confidences in the answer.`,
    );
  if (confidenceIn) return confidenceIn;
  const byReader = new Map<string, { lowestYes: number; highestNo: number }>();
  for (const { reader, answer, confidence } of rows) {
    if (Number.isNaN(answer) || Number.isNaN(confidence)) continue;
    const of = byReader.get(reader) ?? { lowestYes: Number.POSITIVE_INFINITY, highestNo: Number.NEGATIVE_INFINITY };
    byReader.set(reader, of);
    if (answer === 1) of.lowestYes = Math.min(of.lowestYes, confidence);
    else of.highestNo = Math.max(of.highestNo, confidence);
  }
  const contrary = [...byReader]
    .filter(([, { lowestYes, highestNo }]) => lowestYes < highestNo)
    .map(([reader]) => reader);
  if (contrary.length === 0) return 'positive';
  throw usageError(
    'confidence-direction',
    `${file}: ${contrary.slice(0, 3).join(', ')} gave a higher confidence with an answer no than with an answer yes, so that it isn't clear what the confidence is in.`,
    {
      hint: {
        terminal:
          'Say it: --confidence-in positive (that the image is positive) or --confidence-in answer (that the answer is right).',
        page: 'Say whether it is in the image being positive, or in the answer being right.',
      },
    },
  );
}

/** Diagnoses, where answers are more than yes and no. */
function categoriesOf(rows: readonly ReaderRow[], truth: ReaderTruth, columns: ReaderColumns): string[] | undefined {
  if (columns.answer < 0) return undefined;
  const said = distinct(rows.map(({ said }) => said).filter((word) => word !== ''));
  const known = truth.classes.map(({ id }) => id);
  return known.length > 2 && said.some((word) => known.includes(word)) ? distinct([...known, ...said]) : undefined;
}

function cellsOf(
  rows: readonly ReaderRow[],
  {
    readers,
    conditions,
    categories,
    columns,
    direction,
    answerFrom,
  }: {
    readonly readers: readonly string[];
    readonly conditions: readonly string[];
    readonly categories: readonly string[] | undefined;
    readonly columns: ReaderColumns;
    readonly direction: 'positive' | 'answer';
    readonly answerFrom: number | undefined;
  },
): ReaderCell[] {
  const cells = new Map<string, ReaderRow[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.reader, row.condition]);
    const own = cells.get(key);
    if (own) own.push(row);
    else cells.set(key, [row]);
  }
  const hasAnswers = columns.answer >= 0 || answerFrom !== undefined;
  const answerOf = ({ answer, confidence }: ReaderRow) =>
    columns.answer >= 0 || answerFrom === undefined || Number.isNaN(confidence)
      ? answer
      : confidence >= answerFrom
        ? 1
        : 0;
  const scoreOf = ({ answer, confidence }: ReaderRow) =>
    direction === 'answer' && answer === 0 ? -confidence : confidence;
  return [...cells.values()].map((own) => ({
    reader: readers.indexOf(own[0].reader),
    condition: conditions.indexOf(own[0].condition),
    images: own.map(({ image }) => image),
    answers: hasAnswers ? own.map(answerOf) : undefined,
    scores: columns.confidence >= 0 ? own.map(scoreOf) : undefined,
    said: categories ? own.map(({ said }) => (said === '' ? Number.NaN : categories.indexOf(said))) : undefined,
  }));
}

function missingAnswers({ readers, conditions, cells }: ReaderStudy): string[] {
  return (['answers', 'scores'] as const).flatMap((name) => {
    const lacking = cells.flatMap(({ reader, condition, ...cell }) => {
      const values = cell[name];
      const count = values ? Array.from(values).filter((value) => Number.isNaN(value)).length : 0;
      return count > 0
        ? [`${readers[reader]}${conditions.length > 1 ? ` (${conditions[condition]})` : ''} ${count}`]
        : [];
    });
    return lacking.length > 0
      ? [
          `Images without ${name === 'answers' ? 'an answer' : 'a confidence'}, which are left out for that reader: ${lacking.join(', ')}.`,
        ]
      : [];
  });
}
