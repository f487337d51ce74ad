import { runError } from '../../errors.js';
import { floatsLike, type Predictions } from './predictions.js';

/**
 * Predictions of several sets of images as one.
 * @throws LesionlabError kind `run` where there are none, or their classes differ
 */
export function joinPredictions(parts: readonly Predictions[]): Predictions {
  const [first] = parts;
  if (!first) throw runError('no-predictions', 'There are no predictions to put together.');
  const ids = ({ classes }: Predictions) => classes.map(({ id }) => id).join(' ');
  const other = parts.find((part) => ids(part) !== ids(first));
  if (other)
    throw runError(
      'other-classes',
      `Predictions of other classes can't be put together: ${ids(first)} and ${ids(other)}.`,
    );
  const labels = new Int32Array(parts.reduce((sum, part) => sum + part.labels.length, 0));
  const probabilities = floatsLike(first.probabilities, labels.length * first.classes.length);
  let at = 0;
  for (const part of parts) {
    labels.set(part.labels, at);
    probabilities.set(part.probabilities, at * first.classes.length);
    at += part.labels.length;
  }
  return {
    classes: first.classes,
    imageIds: parts.flatMap(({ imageIds }) => [...imageIds]),
    lesionIds: parts.flatMap(({ lesionIds }) => [...lesionIds]),
    ...(parts.some(({ clusterIds }) => clusterIds) && {
      clusterIds: parts.flatMap(({ clusterIds, lesionIds }) => [...(clusterIds ?? lesionIds)]),
    }),
    labels,
    probabilities,
  };
}
