import { classWeights, countClasses } from '../../data/classWeights.js';
import type { SampledSplit } from '../../data/sampling/sampler.js';
import { samplers } from '../../data/sampling/samplers.js';
import type { Recipe } from './recipeSchema.js';

/** What a recipe's remedies for rare classes come to for a training split. */
export interface ClassBalance {
  /** [K], loss weights. */
  readonly classWeights: number[];
  /** [K], what is added to the logits in the loss; undefined where nothing is. */
  readonly logitOffsets?: number[];
  /**
   * [K], adding up to 1: the frequencies of the classes that the network learns to answer for. Of a population with others, probabilities are multiplied by the ratio of the
   * two and scaled to 1 (Saerens et al. 2002, doi:10.1162/089976602753284446).
   */
  readonly trainedPrevalence: number[];
}

/**
 * Weights, offsets and frequencies by a split's counts, as an epoch shows its images.
 * @throws LesionlabError kind `usage` for labels that are no classes
 */
export function resolveClassBalance(
  { training }: Pick<Recipe, 'training'>,
  split: SampledSplit,
  classCount: number,
): ClassBalance {
  const count = (rows: ArrayLike<number>, of: ArrayLike<number>) =>
    countClasses(
      Array.from(rows, (row) => ({ label: of[row] })),
      classCount,
    );
  const all = Array.from({ length: split.labels.length }, (_, row) => row);
  const weights = classWeights(count(all, split.labels), training.classWeights);
  const { sampling, logitAdjustment } = training;
  const seen = sampling === 'all' ? all : samplers[sampling].drawEpoch(split, 0, 0);
  const counts = count(seen, split.labels);
  const total = seen.length;
  const unscaled = counts.map((n, k) => (n === 0 ? 0 : weights[k] * (n / total) ** (1 - logitAdjustment)));
  const sum = unscaled.reduce((a, b) => a + b, 0);
  return {
    classWeights: weights,
    // A class without images is never right: nothing is learned of it whatever is added.
    ...(logitAdjustment > 0 && {
      logitOffsets: counts.map((n) => (n === 0 ? 0 : logitAdjustment * Math.log(n / total))),
    }),
    trainedPrevalence: unscaled.map((value) => value / sum),
  };
}

/**
 * How much validation images of each class count: in the loss as in training's, in the log loss so that classes are as frequent as the network learned to answer for.
 * @param balance as config.json has it; runs of earlier versions lack `trainedPrevalence` @param labels of the training split, [N]
 */
export function validationWeights(
  {
    classWeights,
    trainedPrevalence,
  }: { readonly classWeights: readonly number[]; readonly trainedPrevalence?: readonly number[] },
  labels: ArrayLike<number>,
): { readonly classWeights: readonly number[]; readonly answerWeights?: readonly number[] } {
  if (!trainedPrevalence) return { classWeights };
  const counts = new Array<number>(trainedPrevalence.length).fill(0);
  for (const label of Array.from(labels)) counts[label] += 1;
  const answerWeights = counts.map((n, k) => (n === 0 ? 0 : (trainedPrevalence[k] * labels.length) / n));
  return { classWeights, answerWeights };
}

/**
 * Probabilities of a population with other frequencies of the classes than those that a network answers for.
 * @param probabilities [N, K], each row adding up to 1 @param from [K], as `trainedPrevalence` @param to [K], adding up to 1
 * @returns [N, K]
 */
export function shiftPrevalence(
  probabilities: ArrayLike<number>,
  from: readonly number[],
  to: readonly number[],
): Float64Array {
  const classCount = from.length;
  const shifted = new Float64Array(probabilities.length);
  for (let start = 0; start < probabilities.length; start += classCount) {
    let sum = 0;
    for (let k = 0; k < classCount; k++) {
      shifted[start + k] = from[k] === 0 ? 0 : (probabilities[start + k] * to[k]) / from[k];
      sum += shifted[start + k];
    }
    for (let k = 0; k < classCount; k++) shifted[start + k] /= sum;
  }
  return shifted;
}
