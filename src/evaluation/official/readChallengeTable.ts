import { nameImages } from '../../data/reading/imageIds.js';
import { type MetadataRow, type MetadataTable, parseTable, RowProblems } from '../../data/reading/metadataTable.js';
import { dataError } from '../../errors.js';
import { type Challenge, type ChallengeId, challenges } from './challenges.js';
import type { ChallengeTable, ChallengeTruth } from './scoreChallenge.js';

const imageColumns = ['image', 'image_id', 'image_name', 'isic_id'];
const targetColumns = ['target', 'malignant', 'benign_malignant', 'melanoma', 'mel', 'confidence', 'score'];
const weightColumns = { scoreWeights: 'score_weight', validationWeights: 'validation_weight' } as const;
const words: Readonly<Record<string, number>> = { benign: 0, malignant: 1 };

/**
 * Reads a submission to a challenge, or anybody's table with its columns.
 * @throws LesionlabError kind `data` that names the columns or every row at fault
 */
export function readSubmission(text: string, file: string, id: ChallengeId): ChallengeTable {
  return readTable(text, file, challenges[id], false);
}

/**
 * Reads a challenge's truth, with its weights where it has them.
 * @throws LesionlabError kind `data` that names the columns or every row at fault
 */
export function readChallengeTruth(text: string, file: string, id: ChallengeId): ChallengeTruth {
  return readTable(text, file, challenges[id], true);
}

function readTable(text: string, file: string, challenge: Challenge, isTruth: boolean): ChallengeTruth {
  const table = withHeader(text, file, challenge);
  const { columns, rows } = table;
  const image = imageColumns.map((name) => columns.indexOf(name)).find((index) => index >= 0) ?? -1;
  const places = placesOf(columns, challenge);
  if (image < 0 || places.includes(-1)) {
    const wanted = [challenge.image, ...challenge.columns];
    throw dataError(
      'challenge-columns',
      `${file}: expected the columns ${wanted.join(', ')} of ${challenge.title}, found ${columns.join(', ') || 'nothing'}.`,
      { hint: 'Name the columns as the challenge does, or choose another challenge.' },
    );
  }
  const problems = new RowProblems(file);
  const imageIds = nameImages(rows.map(({ cells }) => cells[image])).map(({ imageId }) => imageId);
  const seen = new Set<string>();
  for (const [i, imageId] of imageIds.entries()) {
    if (seen.has(imageId))
      problems.add(
        rows[i].number,
        'challenge-doubled',
        `image ${imageId} stands above already.`,
        'Keep one row an image.',
      );
    seen.add(imageId);
  }
  const values = Float64Array.from(
    rows.flatMap((row) => places.map((place) => readCell(row, place, columns, isTruth, problems))),
  );
  const weights = Object.fromEntries(
    Object.entries(weightColumns).flatMap(([name, column]) => {
      const place = isTruth ? columns.indexOf(column) : -1;
      return place < 0 ? [] : [[name, Float64Array.from(rows, ({ cells }) => Number(cells[place]))]];
    }),
  );
  problems.throwIfAny();
  if (rows.length === 0) throw dataError('challenge-empty', `${file} has no rows: expected one an image.`);
  return { imageIds, values, ...weights };
}

function readCell(
  row: MetadataRow,
  place: number,
  columns: readonly string[],
  isTruth: boolean,
  problems: RowProblems,
): number {
  const cell = row.cells[place];
  const value =
    isTruth && cell.toLowerCase() in words ? words[cell.toLowerCase()] : cell === '' ? Number.NaN : Number(cell);
  if (value >= 0 && value <= 1) return value;
  problems.add(
    row.number,
    'challenge-confidence',
    `${columns[place] || 'the confidence'} is "${cell}", expected a number from 0 to 1.`,
    isTruth ? 'Mend the truth’s table.' : 'Scale confidences to 0 to 1, with 0.5 where the decision turns.',
  );
  return 0;
}

/** A column's place; of a single one any usual name of it does. */
function placesOf(columns: readonly string[], challenge: Challenge): number[] {
  if (challenge.columns.length > 1) return challenge.columns.map((name) => columns.indexOf(name.toLowerCase()));
  return [targetColumns.map((name) => columns.indexOf(name)).find((index) => index >= 0) ?? -1];
}

/** ISIC 2016's tables start with their first image. */
function withHeader(text: string, file: string, challenge: Challenge): MetadataTable {
  const first = text.replace(/^\uFEFF/, '').split(/[\r\n]/, 1)[0];
  const isHeader = challenge.header || !/^"?ISIC_\d+/i.test(first);
  return parseTable(isHeader ? text : `${challenge.image},target\n${text.replace(/^\uFEFF/, '')}`, file);
}
