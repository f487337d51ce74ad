import { requireDistinct, requirePlaces } from '../../checks.js';
import { runError } from '../../errors.js';
import { floatsLike, type Predictions } from './predictions.js';

/** The classes that have images. @returns indices */
export function presentClasses({ classes, labels }: Pick<Predictions, 'classes' | 'labels'>): number[] {
  const present = new Set(labels);
  return [...classes.keys()].filter((k) => present.has(k));
}

/**
 * Predictions as if only some of the classes could be answered: images of the other classes are left out, and so are the others'
 * probabilities; the rest is divided by its sum. Where a network gives none of the classes any probability, all are alike.
 * @param kept indices of at least two classes, ascending
 * @throws LesionlabError kind `run` for fewer classes, or where no image is left
 */
export function restrictPredictions(predictions: Predictions, kept: readonly number[]): Predictions {
  const { classes, imageIds, lesionIds, clusterIds, labels, probabilities } = predictions;
  if (kept.length < 2)
    throw runError('too-few-classes', `Expected at least 2 classes to restrict predictions to, found ${kept.length}.`);
  requirePlaces('kept', kept, classes.length);
  requireDistinct('kept', kept);
  const newLabel = new Map(kept.map((k, place) => [k, place] as const));
  const rows = [...labels.keys()].filter((i) => newLabel.has(labels[i]));
  if (rows.length === 0)
    throw runError('no-predictions', `No image is of ${kept.map((k) => classes[k].id).join(', ')}.`);
  const restricted = floatsLike(probabilities, rows.length * kept.length);
  for (const [i, row] of rows.entries()) {
    const own = kept.map((k) => probabilities[row * classes.length + k]);
    const sum = own.reduce((total, p) => total + p, 0);
    for (const [place, p] of own.entries()) restricted[i * kept.length + place] = sum > 0 ? p / sum : 1 / kept.length;
  }
  return {
    classes: kept.map((k) => classes[k]),
    imageIds: rows.map((row) => imageIds[row]),
    lesionIds: rows.map((row) => lesionIds[row]),
    ...(clusterIds && { clusterIds: rows.map((row) => clusterIds[row]) }),
    labels: Int32Array.from(rows, (row) => newLabel.get(labels[row])!),
    probabilities: restricted,
  };
}
