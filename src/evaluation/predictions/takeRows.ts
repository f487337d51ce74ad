import { requirePlaces } from '../../checks.js';
import { floatsLike, type Predictions } from './predictions.js';

/** The predictions of some images. @param rows places of the images @throws LesionlabError kind `usage` for places that aren't there */
export function takeRows(predictions: Predictions, rows: readonly number[]): Predictions {
  const { classes, imageIds, lesionIds, clusterIds, labels, probabilities } = predictions;
  requirePlaces('rows', rows, labels.length);
  const width = classes.length;
  const taken = floatsLike(probabilities, rows.length * width);
  for (const [i, row] of rows.entries()) taken.set(probabilities.subarray(row * width, (row + 1) * width), i * width);
  return {
    classes,
    imageIds: rows.map((row) => imageIds[row]),
    lesionIds: rows.map((row) => lesionIds[row]),
    ...(clusterIds && { clusterIds: rows.map((row) => clusterIds[row]) }),
    labels: Int32Array.from(rows, (row) => labels[row]),
    probabilities: taken,
  };
}
