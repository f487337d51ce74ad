import { runError } from '../../errors.js';
import { mostProbable } from '../predictions/mostProbable.js';
import type { Predictions } from '../predictions/predictions.js';
import { auroc, type Ranking, rankScores } from './auroc.js';
import { averagePrecision } from './averagePrecision.js';
import { confusionMatrix } from './confusionMatrix.js';
import { squaredErrors } from './squaredErrors.js';

/** Probabilities below this count as this in the loss: what scikit-learn's log_loss does with doubles. */
const smallestProbability = 2 ** -52;
/** How far a row of probabilities may be from summing to 1 before it is an error and not rounding. */
const sumTolerance = 1e-3;

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
  /** One for each class: the images by their probability for it. */
  readonly rankings: readonly Ranking[];
}

/**
 * Checks predictions and prepares them for metrics.
 * @throws LesionlabError kind `run` where they are empty, of unequal lengths, or not probabilities
 */
export function scoreImages(predictions: Predictions): ScoredImages {
  checkShapes(predictions);
  const { labels, imageIds, lesionIds } = predictions;
  const images = labels.length;
  const classes = predictions.classes.length;
  const probabilities = new Float64Array(images * classes);
  const losses = new Float64Array(images);
  for (let i = 0; i < images; i++) {
    const row = predictions.probabilities.subarray(i * classes, (i + 1) * classes);
    let sum = 0;
    for (const probability of row) {
      // Written so that NaN fails too.
      if (!(probability >= 0)) throw notProbabilities(imageIds[i], row);
      sum += probability;
    }
    if (!(Math.abs(sum - 1) <= sumTolerance)) throw notProbabilities(imageIds[i], row);
    let clippedSum = 0;
    for (let k = 0; k < classes; k++) {
      const probability = row[k] / sum;
      probabilities[i * classes + k] = probability;
      clippedSum += clip(probability);
    }
    losses[i] = -Math.log(clip(probabilities[i * classes + labels[i]]) / clippedSum);
  }
  const { lesions, lesionOf } = numberLesions(lesionIds);
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

  constructor(scored: ScoredImages, weights: Float64Array = new Float64Array(scored.images).fill(1)) {
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

function clip(probability: number): number {
  return Math.min(Math.max(probability, smallestProbability), 1 - smallestProbability);
}

function numberLesions(lesionIds: readonly string[]): { lesions: number; lesionOf: Int32Array } {
  const numbers = new Map<string, number>();
  const lesionOf = Int32Array.from(lesionIds, (id) => {
    const known = numbers.get(id) ?? numbers.size;
    numbers.set(id, known);
    return known;
  });
  return { lesions: numbers.size, lesionOf };
}

function checkShapes({ classes, imageIds, lesionIds, labels, probabilities }: Predictions): void {
  if (labels.length === 0) {
    throw runError('no-predictions', 'There are no predictions to evaluate: expected at least one image, found none.');
  }
  if (classes.length < 2) {
    throw runError('too-few-classes', `Expected predictions for at least 2 classes, found ${classes.length}.`);
  }
  const expected = labels.length;
  if (
    imageIds.length !== expected ||
    lesionIds.length !== expected ||
    probabilities.length !== expected * classes.length
  ) {
    throw runError(
      'predictions-lengths',
      `Predictions don't fit together: ${expected} labels, ${imageIds.length} image ids, ${lesionIds.length} lesion ids, ` +
        `${probabilities.length} probabilities (expected ${expected} x ${classes.length} classes).`,
    );
  }
  const stray = labels.findIndex((label) => label < 0 || label >= classes.length);
  if (stray >= 0) {
    throw runError(
      'label-out-of-range',
      `Image ${imageIds[stray]} has label ${labels[stray]}; expected 0 to ${classes.length - 1}.`,
    );
  }
}

function notProbabilities(imageId: string, row: Float32Array): Error {
  return runError(
    'not-probabilities',
    `The predictions for image ${imageId} are no probabilities: expected numbers from 0 to 1 that sum to 1, ` +
      `found ${[...row].join(', ')}.`,
    { hint: 'A training that diverged predicts NaN: lower its learning rate, or evaluate an earlier checkpoint.' },
  );
}
