/**
 * Counts images by true and predicted class, row by row.
 *
 * @param labels [N], true class indices in [0, classes)
 * @param predicted [N], predicted class indices in [0, classes)
 * @param weights [N], how often each image counts; once each where left out
 * @returns [classes, classes] row by row: entry `true * classes + predicted`
 */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
  weights?: ArrayLike<number>,
): Float64Array {
  const counts = new Float64Array(classes * classes);
  for (let i = 0; i < labels.length; i++) counts[labels[i] * classes + predicted[i]] += weights ? weights[i] : 1;
  return counts;
}

/** Each row as shares of its sum, [0, 1]; a class without images has a row of zeros. */
export function rowShares(matrix: readonly (readonly number[])[]): number[][] {
  return matrix.map((row) => {
    const sum = row.reduce((total, count) => total + count, 0);
    return row.map((count) => (sum > 0 ? count / sum : 0));
  });
}

/** The matrix of a classifier that makes no mistake on the same images: each row's sum on the diagonal. */
export function perfectConfusionMatrix(matrix: readonly (readonly number[])[]): number[][] {
  return matrix.map((row, truth) => {
    const sum = row.reduce((total, count) => total + count, 0);
    return row.map((_, predicted) => (predicted === truth ? sum : 0));
  });
}
