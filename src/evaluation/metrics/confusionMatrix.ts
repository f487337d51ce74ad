import { requireInteger, requireLabels, requireLength, requireNumbers } from '../../checks.js';

/**
 * Counts images by true and predicted class, row by row.
 *
 * @param labels [N], true class indices in [0, classes)
 * @param predicted [N], predicted class indices in [0, classes)
 * @param weights [N], how often each image counts; once each where left out
 * @returns [classes, classes] row by row: entry `true * classes + predicted`
 * @throws LesionlabError kind `usage` where lengths don't fit, or an index is no class
 */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
  weights?: ArrayLike<number>,
): Float64Array {
  requireInteger('classes', classes, { min: 1 });
  requireLength('predicted', predicted, labels.length, `one for each of ${labels.length} labels`);
  if (weights) {
    requireLength('weights', weights, labels.length, `one for each of ${labels.length} labels`);
    requireNumbers('weights', weights, { min: 0 });
  }
  const counts = new Float64Array(classes * classes);
  for (let i = 0; i < labels.length; i++) {
    const truth = labels[i];
    const answer = predicted[i];
    if (!(isClass(truth, classes) && isClass(answer, classes))) {
      requireLabels('labels', labels, classes);
      requireLabels('predicted', predicted, classes);
    }
    counts[truth * classes + answer] += weights ? weights[i] : 1;
  }
  return counts;
}

const isClass = (index: number, classes: number): boolean => index >= 0 && index < classes && Number.isInteger(index);

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
