import { csvFormatRows, csvParseRows } from 'd3-dsv';
import type { ClassInfo } from '../../data/dataset.js';
import { composed } from '../../data/storedFile.js';
import { dataError } from '../../errors.js';
import { mostProbable } from './mostProbable.js';
import type { Predictions } from './predictions.js';

const fixedColumns = ['image_id', 'lesion_id', 'dx', 'predicted'] as const;
/** How far a row of probabilities may be from summing to 1: rounding to 4 decimals passes. */
const sumTolerance = 1e-3;

/**
 * Writes predictions.csv: `image_id,lesion_id,dx,predicted` and one column of probabilities for each class. A
 * probability is the exact decimal value of its float32, so that any reader computes with the very same number.
 */
export function formatPredictionsCsv({ classes, imageIds, lesionIds, labels, probabilities }: Predictions): string {
  const ids = classes.map(({ id }) => id);
  const predicted = mostProbable(probabilities, ids.length);
  const rows: string[][] = [[...fixedColumns, ...ids]];
  for (let i = 0; i < labels.length; i++) {
    const row = [imageIds[i], lesionIds[i], ids[labels[i]], ids[predicted[i]]];
    for (let k = 0; k < ids.length; k++) row.push(String(probabilities[i * ids.length + k]));
    rows.push(row);
  }
  return `${csvFormatRows(rows)}\n`;
}

/** What is known of the file. */
export interface ParsePredictionsOptions {
  /** Name of the file, for messages. */
  readonly file: string;
  /** The classes expected, in order; taken from the header where left out. */
  readonly classes?: readonly ClassInfo[];
}

/**
 * Reads predictions.csv. Rows are counted as spreadsheets do: the header is row 1.
 * @throws LesionlabError kind `data` that names the file and the row; every faulty row is in its details
 */
export function parsePredictionsCsv(text: string, { file, classes: expected }: ParsePredictionsOptions): Predictions {
  const [header = [], ...rows] = csvParseRows(composed(text.replace(/^\uFEFF/, '')));
  const classes = readClasses(header, file, expected);
  const ids = classes.map(({ id }) => id);
  const labelOf = new Map(ids.map((id, k) => [composed(id), k]));
  const rowOf = new Map<string, number>();
  const labels = new Int32Array(rows.length);
  const probabilities = new Float32Array(rows.length * ids.length);
  const faults: string[] = [];
  rows.forEach((row, i) => {
    const fault = readRow(row, i);
    if (fault !== undefined) faults.push(`row ${i + 2}: ${fault}`);
  });
  if (faults.length > 0) {
    const others = faults.length > 1 ? ` (and ${faults.length - 1} more faulty rows)` : '';
    throw dataError('predictions-row', `${file}, ${faults[0]}${others}`, { details: faults });
  }
  if (rows.length === 0) {
    throw dataError('predictions-empty', `${file} holds no predictions: expected one row for each image, found none.`);
  }
  return { classes, imageIds: rows.map((row) => row[0]), lesionIds: rows.map((row) => row[1]), labels, probabilities };

  function readRow(row: string[], i: number): string | undefined {
    if (row.length !== header.length) return `expected ${header.length} columns, found ${row.length}.`;
    const [imageId, lesionId, dx, predicted] = row;
    if (imageId === '' || lesionId === '') return 'expected an image_id and a lesion_id, found an empty field.';
    const earlier = rowOf.get(imageId);
    if (earlier !== undefined) return `image_id ${imageId} stands in row ${earlier} already.`;
    rowOf.set(imageId, i + 2);
    const label = labelOf.get(dx);
    if (label === undefined) return `dx is "${dx}", expected one of ${ids.join(', ')} (image ${imageId}).`;
    labels[i] = label;
    const numbers = row.slice(fixedColumns.length).map((field) => (field.trim() === '' ? Number.NaN : Number(field)));
    const strange = numbers.findIndex((number) => !(number >= 0 && number <= 1 + sumTolerance));
    if (strange >= 0) {
      return `${ids[strange]} is "${row[fixedColumns.length + strange]}", expected a probability from 0 to 1 (image ${imageId}).`;
    }
    const sum = numbers.reduce((total, number) => total + number, 0);
    if (Math.abs(sum - 1) > sumTolerance) {
      return `the probabilities sum to ${Number(sum.toPrecision(6))}, expected 1 (image ${imageId}).`;
    }
    const winner = labelOf.get(predicted);
    if (winner === undefined || numbers[winner] < Math.max(...numbers)) {
      const likeliest = ids[numbers.indexOf(Math.max(...numbers))];
      return `predicted is "${predicted}", but ${likeliest} has the highest probability (image ${imageId}).`;
    }
    probabilities.set(numbers, i * ids.length);
    return undefined;
  }
}

function readClasses(header: string[], file: string, expected?: readonly ClassInfo[]): readonly ClassInfo[] {
  const ids = header.slice(fixedColumns.length);
  const wanted = expected?.map(({ id }) => id) ?? ids;
  const columns = [...fixedColumns, ...wanted];
  if (header.join() !== composed(columns.join()) || new Set(ids).size < Math.max(ids.length, 2)) {
    const classColumns = expected ? '' : ',<class ids>';
    throw dataError(
      'predictions-header',
      `${file}, row 1: expected the columns ${[...columns.slice(0, expected ? undefined : 4)].join()}${classColumns}, ` +
        `found ${header.join() || 'nothing'}.`,
      { hint: 'Predictions of a run are in its folder, under evaluation/<split>/predictions.csv.' },
    );
  }
  return expected ?? ids.map((id) => ({ id, name: id }));
}
