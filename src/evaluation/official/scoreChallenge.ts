import { requireLength, requireNumbers, requireOneOf } from '../../checks.js';
import { dataError } from '../../errors.js';
import { auroc } from '../../training/auroc.js';
import { averagePrecision } from '../metrics/averagePrecision.js';
import { partialAuroc } from '../metrics/partialAuroc.js';
import { type Challenge, type ChallengeId, challengeIds, challenges } from './challenges.js';

/** Confidences or truths of a challenge's classes. */
export interface ChallengeTable {
  readonly imageIds: readonly string[];
  /** [N, columns] row by row: confidences in [0, 1]; of the truth 1 and 0. */
  readonly values: ArrayLike<number>;
}

/** A challenge's truth. */
export interface ChallengeTruth extends ChallengeTable {
  /** [N], how much each image counts in the score; 1 each where left out. */
  readonly scoreWeights?: ArrayLike<number>;
  /** [N], likewise in the score that was shown while the challenge ran. */
  readonly validationWeights?: ArrayLike<number>;
}

/** A challenge's own number. */
export interface ChallengeScore {
  readonly challenge: ChallengeId;
  /** Null where the truth has not what it takes. */
  readonly score: number | null;
  /** The score of the images that counted while the challenge ran; null where the truth doesn't tell them. */
  readonly validation: number | null;
  /** Images with a weight in the score. */
  readonly images: number;
  /** By column; of balanced accuracies the share that was recognised, null where no image of the class counts. */
  readonly columns: readonly { readonly column: string; readonly images: number; readonly value: number | null }[];
  /** Images whose highest confidence stands twice: wrong, whatever the truth. */
  readonly undecided: number;
}

/** Left out of every ISIC 2018 and 2019 score, whatever the truth's table says of it, as the public scorer does. */
const neverCounted = 'ISIC_0035068';

/**
 * The official score of a challenge's classification task, equal to that of the public scorer (PyPI: isic-challenge-scoring) where it has the task, and to scikit-learn's functions that
 * the others were ranked with. What ties for the highest confidence is no answer and counts as wrong; classes without images that count are left out of means.
 * @throws LesionlabError kind `data` where images of the two don't match; kind `usage` where lengths don't
 */
export function scoreChallenge(id: ChallengeId, truth: ChallengeTruth, answers: ChallengeTable): ChallengeScore {
  const challenge = challenges[requireOneOf('challenge', id, challengeIds)];
  const classes = challenge.columns.length;
  for (const [name, table] of [
    ['truth', truth],
    ['answers', answers],
  ] as const) {
    const images = table.imageIds.length;
    requireLength(`${name}.values`, table.values, images * classes, `${images} images x ${classes} columns`);
    requireNumbers(`${name}.values`, table.values, { min: 0, max: 1 });
  }
  for (const name of ['scoreWeights', 'validationWeights'] as const) {
    const weights = truth[name];
    if (!weights) continue;
    requireLength(`truth.${name}`, weights, truth.imageIds.length, `one for each of ${truth.imageIds.length} images`);
    requireNumbers(`truth.${name}`, weights, { min: 0 });
  }
  const values = inOrderOf(truth, answers, classes);
  const weightsOf = (given: ArrayLike<number> | undefined) =>
    Float64Array.from(truth.imageIds, (imageId, i) => (imageId === neverCounted ? 0 : (given?.[i] ?? 1)));
  const weights = weightsOf(truth.scoreWeights);
  const score = scoreWith(challenge, truth.values, values, weights);
  const validation = truth.validationWeights
    ? scoreWith(challenge, truth.values, values, weightsOf(truth.validationWeights)).score
    : null;
  return {
    challenge: id,
    score: orNull(score.score),
    validation: validation === null ? null : orNull(validation),
    images: weights.filter((weight) => weight > 0).length,
    columns: challenge.columns.map((column, k) => ({
      column,
      images: weights.filter((weight, i) => weight > 0 && truth.values[i * classes + k] > 0.5).length,
      value: orNull(score.columns[k]),
    })),
    undecided:
      classes > 1 ? weights.filter((weight, i) => weight > 0 && onlyHighest(values, i, classes) < 0).length : 0,
  };
}

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);

function scoreWith(
  { columns, metric }: Challenge,
  truths: ArrayLike<number>,
  values: Float64Array,
  weights: Float64Array,
): { readonly score: number; readonly columns: readonly number[] } {
  const of = metric === 'balancedAccuracy' ? recalls : byColumn(metric);
  const found = of(truths, values, weights, columns.length);
  // A class of which no image counts has no recall; an AUROC that can't be had leaves no score.
  const counted = metric === 'balancedAccuracy' ? found.filter((value) => !Number.isNaN(value)) : found;
  return { score: counted.reduce((sum, value) => sum + value, 0) / counted.length, columns: found };
}

const byColumn =
  (metric: Exclude<Challenge['metric'], 'balancedAccuracy'>) =>
  (truths: ArrayLike<number>, values: Float64Array, weights: Float64Array, classes: number): number[] =>
    Array.from({ length: classes }, (_, k) => {
      const labels = Int32Array.from(weights, (_, i) => (truths[i * classes + k] > 0.5 ? 1 : 0));
      const scores = Float64Array.from(weights, (_, i) => values[i * classes + k]);
      if (metric === 'averagePrecision') return averagePrecision(scores, labels, 1, weights);
      if (metric === 'partialAuroc') return partialAuroc(scores, labels, 0.8, 1, weights);
      return auroc(scores, labels, 1, weights);
    });

function recalls(truths: ArrayLike<number>, values: Float64Array, weights: Float64Array, classes: number): number[] {
  const [right, all] = [new Float64Array(classes), new Float64Array(classes)];
  for (let i = 0; i < weights.length; i++) {
    const truth = onlyHighest(truths, i, classes);
    if (truth < 0) continue;
    all[truth] += weights[i];
    if (onlyHighest(values, i, classes) === truth) right[truth] += weights[i];
  }
  return Array.from(right, (sum, k) => sum / all[k]);
}

/** The column with the highest value of a row; -1 where two have it. */
function onlyHighest(values: ArrayLike<number>, row: number, classes: number): number {
  let [best, ties] = [0, 1];
  for (let k = 1; k < classes; k++) {
    const difference = values[row * classes + k] - values[row * classes + best];
    if (difference > 0) [best, ties] = [k, 1];
    else if (difference === 0) ties += 1;
  }
  return ties > 1 ? -1 : best;
}

function inOrderOf(truth: ChallengeTruth, answers: ChallengeTable, classes: number): Float64Array {
  const rowOf = new Map(answers.imageIds.map((imageId, row) => [imageId, row]));
  const known = new Set(truth.imageIds);
  const missing = truth.imageIds.filter((imageId) => !rowOf.has(imageId));
  const extra = answers.imageIds.filter((imageId) => !known.has(imageId));
  if (missing.length > 0 || extra.length > 0 || rowOf.size < answers.imageIds.length)
    throw dataError(
      'challenge-images',
      `A challenge scores one answer for each image of its truth: ${missing.length} of ${truth.imageIds.length} images have none, ` +
        `${extra.length} answers are of images that aren't there, ${answers.imageIds.length - rowOf.size} are doubled. The truth has ids like ${truth.imageIds[0]}, the answers like ${answers.imageIds[0]}.`,
      {
        hint: 'Predict every image of the test set, once each.',
        details: [
          ...missing.map((imageId) => `${imageId}: no answer`),
          ...extra.map((imageId) => `${imageId}: not in the truth`),
        ],
      },
    );
  const values = new Float64Array(truth.imageIds.length * classes);
  for (const [i, imageId] of truth.imageIds.entries()) {
    const row = rowOf.get(imageId)!;
    for (let k = 0; k < classes; k++) values[i * classes + k] = answers.values[row * classes + k];
  }
  return values;
}
