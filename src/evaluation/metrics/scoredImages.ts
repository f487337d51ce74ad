import { requireLength, requireNumbers } from '../../checks.js';
import { runError } from '../../errors.js';
import { auroc, type Ranking, rankScores } from '../../training/auroc.js';
import { mostProbable } from '../predictions/mostProbable.js';
import {
  type AnyPredictions,
  type Predictions,
  requireProbabilities,
  toPredictions,
} from '../predictions/predictions.js';
import { averagePrecision } from './averagePrecision.js';
import { confusionMatrix } from './confusionMatrix.js';
import { squaredErrors } from './squaredErrors.js';

/** Probabilities below this count as this in the loss: what scikit-learn's log_loss does with doubles. */
const smallestProbability = 2 ** -52;

/** Predictions with all that metrics ask of them more than once: worked out once, weighted often. */
export interface ScoredImages {
  /** Number of images, N. */
  readonly images: number;
  /** Number of classes, K. */
  readonly classes: number;
  /** [N], class indices of the truth. */
  readonly labels: Int32Array;
  /** [N], most probable class, the first of equals. */
  readonly predicted: Int32Array;
  /** [N, K] row by row, divided by the row's sum in double precision. */
  readonly probabilities: Float64Array;
  /** [N], negative log-likelihood (nats) of the true class. */
  readonly losses: Float64Array;
  /** [N], squared distance of the probabilities from the truth, summed over classes. */
  readonly squaredErrors: Float64Array;
  /** Number of lesions. */
  readonly lesions: number;
  /** [N], lesion of each image, numbered from 0 in order of appearance. */
  readonly lesionOf: Int32Array;
  /** Number of clusters: what is drawn in resampling. Lesions, where no wider clusters are known. */
  readonly clusters: number;
  /** [N], cluster of each image, numbered likewise. */
  readonly clusterOf: Int32Array;
  /** One for each class: the images by their probability for it. */
  readonly rankings: readonly Ranking[];
}

/**
 * Checks predictions and prepares them for metrics.
 * @throws LesionlabError kind `usage` where lengths don't fit or a label is no class; kind `run` where a network's predictions are none, or
 *   no probabilities
 */
export function scoreImages(given: AnyPredictions): ScoredImages {
  const predictions = toPredictions(given);
  const { labels, lesionIds } = predictions;
  requireAnswers(predictions);
  const images = labels.length;
  const classes = predictions.classes.length;
  const probabilities = new Float64Array(images * classes);
  const losses = new Float64Array(images);
  for (let i = 0; i < images; i++) {
    const row = predictions.probabilities.subarray(i * classes, (i + 1) * classes);
    let sum = 0;
    for (const probability of row) sum += probability;
    let clippedSum = 0;
    for (let k = 0; k < classes; k++) {
      const probability = row[k] / sum;
      probabilities[i * classes + k] = probability;
      clippedSum += clip(probability);
    }
    losses[i] = -Math.log(clip(probabilities[i * classes + labels[i]]) / clippedSum);
  }
  const { groups: lesions, groupOf: lesionOf } = numberGroups(lesionIds);
  const { groups: clusters, groupOf: clusterOf } = numberGroups(predictions.clusterIds ?? lesionIds);
  const column = new Float64Array(images);
  const rankings = predictions.classes.map((_, k) => {
    for (let i = 0; i < images; i++) column[i] = probabilities[i * classes + k];
    return rankScores(column);
  });
  const predicted = mostProbable(predictions.probabilities, classes);
  const errors = squaredErrors({ images, classes, labels, probabilities });
  return {
    images,
    classes,
    labels,
    predicted,
    probabilities,
    losses,
    squaredErrors: errors,
    lesions,
    lesionOf,
    clusters,
    clusterOf,
    rankings,
  };
}

/**
 * Images with the number of times that each counts: what a metric is computed from. Once each gives the metric of the
 * predictions; a bootstrap resample, a subgroup or one side of a comparison is another weighting of the same images.
 */
export class WeightedImages {
  readonly scored: ScoredImages;
  /** [N], at least 0. */
  readonly weights: Float64Array;
  #confusion: Float64Array | undefined;
  readonly #aurocs: (number | undefined)[] = [];
  readonly #averagePrecisions: (number | undefined)[] = [];

  /** @throws LesionlabError kind `usage` unless there is one weight an image, finite and at least 0 */
  constructor(scored: ScoredImages, weights: Float64Array = new Float64Array(scored.images).fill(1)) {
    requireLength('weights', weights, scored.images, `one for each of ${scored.images} images`);
    requireNumbers('weights', weights, { min: 0 });
    this.scored = scored;
    this.weights = weights;
  }

  /** [K, K] row by row, weighted counts: entry `true * K + predicted`. */
  get confusion(): Float64Array {
    const { labels, predicted, classes } = this.scored;
    this.#confusion ??= confusionMatrix(labels, predicted, classes, this.weights);
    return this.#confusion;
  }

  /** Area under the ROC curve of one class against the rest; NaN where undefined. */
  auroc(classIndex: number): number {
    const { rankings, labels } = this.scored;
    this.#aurocs[classIndex] ??= auroc(rankings[classIndex], labels, classIndex, this.weights);
    return this.#aurocs[classIndex];
  }

  /** Average precision of one class against the rest; NaN where undefined. */
  averagePrecision(classIndex: number): number {
    const { rankings, labels } = this.scored;
    this.#averagePrecisions[classIndex] ??= averagePrecision(rankings[classIndex], labels, classIndex, this.weights);
    return this.#averagePrecisions[classIndex];
  }
}

/** Lesions with an image that is `chosen`. */
export const lesionsWhere = ({ lesionOf }: ScoredImages, chosen: (image: number) => boolean): number =>
  groupsWhere(lesionOf, chosen);

/** Clusters with an image that is `chosen`: the independent trials behind a share of such images. */
export const clustersWhere = ({ clusterOf }: ScoredImages, chosen: (image: number) => boolean): number =>
  groupsWhere(clusterOf, chosen);

function groupsWhere(groupOf: Int32Array, chosen: (image: number) => boolean): number {
  const found = new Set<number>();
  for (let i = 0; i < groupOf.length; i++) if (chosen(i)) found.add(groupOf[i]);
  return found.size;
}

/** What metrics are asked of: predictions in any form, each image once, or images with weights. */
export type Weighable = WeightedImages | ScoredImages | AnyPredictions;

export const toScored = (given: ScoredImages | AnyPredictions): ScoredImages =>
  'rankings' in given ? given : scoreImages(given);

export const toWeighted = (given: Weighable): WeightedImages =>
  given instanceof WeightedImages ? given : new WeightedImages(toScored(given));

function clip(probability: number): number {
  return Math.min(Math.max(probability, smallestProbability), 1 - smallestProbability);
}

/** Numbers groups (lesions, patients) from 0 in order of appearance. @param ids [N], one an image */
export function numberGroups(ids: readonly string[]): { groups: number; groupOf: Int32Array } {
  const numbers = new Map<string, number>();
  const groupOf = Int32Array.from(ids, (id) => {
    const known = numbers.get(id) ?? numbers.size;
    numbers.set(id, known);
    return known;
  });
  return { groups: numbers.size, groupOf };
}

/** What a network predicted. @throws LesionlabError kind `run` where that is nothing, or no probabilities */
export function requireAnswers({ classes, imageIds, labels, probabilities }: Predictions): void {
  if (labels.length === 0) {
    throw runError('no-predictions', 'There are no predictions to evaluate: expected at least one image, found none.');
  }
  requireProbabilities(probabilities, classes.length, (image, found) => notProbabilities(imageIds[image], found));
}

function notProbabilities(imageId: string, found: string): Error {
  return runError(
    'not-probabilities',
    `The predictions for image ${imageId} are no probabilities: expected numbers from 0 to 1 that sum to 1, ` +
      `found ${found}.`,
    { hint: 'A training that diverged predicts NaN: lower its learning rate, or evaluate an earlier checkpoint.' },
  );
}
