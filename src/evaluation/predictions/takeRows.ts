import type { Predictions } from './predictions.js';

/** The predictions of some images. @param rows places of the images */
export function takeRows(predictions: Predictions, rows: readonly number[]): Predictions {
  const { classes, imageIds, lesionIds, labels, probabilities } = predictions;
  const width = classes.length;
  const taken = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries()) taken.set(probabilities.subarray(row * width, (row + 1) * width), i * width);
  return {
    classes,
    imageIds: rows.map((row) => imageIds[row]),
    lesionIds: rows.map((row) => lesionIds[row]),
    labels: Int32Array.from(rows, (row) => labels[row]),
    probabilities: taken,
  };
}
