import { requireLength, requireNumber, requireNumbers, requireOneOf, requireSome } from '../../checks.js';
import type { ClassInfo } from '../../data/dataset.js';
import { auroc, type Ranking, rankScores } from '../../training/auroc.js';
import { averagePrecision } from './averagePrecision.js';
import type { ScoredImages } from './scoredImages.js';

/** A question with two answers that readers ask of a classifier of many classes. */
export interface BinaryQuestion {
  /** `positive`, `melanoma` or `malignant`. */
  readonly id: string;
  /** For readers: `Melanoma against all others`. */
  readonly title: string;
  /** Ids of the classes that mean yes. Their probabilities are added up. */
  readonly classes: readonly string[];
}

/** The questions that can be asked of these classes: the one that somebody asks, melanoma, and malignant where every class says whether it is. */
export function binaryQuestions(classes: readonly ClassInfo[]): BinaryQuestion[] {
  const questions: BinaryQuestion[] = [];
  const asked = classes.filter(({ positive }) => positive);
  if (asked.length > 0 && asked.length < classes.length)
    questions.push({
      id: 'positive',
      title: `${asked.map(({ name }) => name).join(', ')} against all others`,
      classes: asked.map(({ id }) => id),
    });
  // Asked for by name, it needs no second telling.
  const isAsked = (ids: readonly string[]) => asked.length === ids.length && asked.every(({ id }) => ids.includes(id));
  if (classes.length > 2 && classes.some(({ id }) => id === 'mel') && !isAsked(['mel']))
    questions.push({ id: 'melanoma', title: 'Melanoma against all others', classes: ['mel'] });
  const malignant = classes.filter(({ malignant }) => malignant).map(({ id }) => id);
  const known = classes.every(({ malignant }) => malignant !== undefined);
  if (known && malignant.length > 0 && malignant.length < classes.length && !isAsked(malignant))
    questions.push({
      id: 'malignant',
      title: 'Malignant against benign',
      classes: malignant,
    });
  return questions;
}

/** The images with their answer to a question: worked out once, weighted often. */
export interface ScoredQuestion {
  /** [N], probability of yes. */
  readonly scores: Float64Array;
  /** [N], 1 where yes is true. */
  readonly truths: Uint8Array;
  readonly ranking: Ranking;
}

/** @throws LesionlabError kind `usage` where the classes aren't those of the images, or a class of the question is none of them */
export function scoreQuestion(
  { images, classes, labels, probabilities }: ScoredImages,
  classInfos: readonly ClassInfo[],
  question: BinaryQuestion,
): ScoredQuestion {
  requireLength('classes', classInfos, classes, 'as the images have');
  requireSome('question.classes', question.classes, 'class');
  const ids = classInfos.map(({ id }) => id);
  for (const id of question.classes) requireOneOf('question.classes', id, ids);
  const yes = classInfos.map(({ id }) => question.classes.includes(id));
  const scores = new Float64Array(images);
  const truths = new Uint8Array(images);
  for (let i = 0; i < images; i++) {
    for (let k = 0; k < classes; k++) if (yes[k]) scores[i] += probabilities[i * classes + k];
    truths[i] = yes[labels[i]] ? 1 : 0;
  }
  return { scores, truths, ranking: rankScores(scores) };
}

/** A threshold, and what calling yes from it on leads to. */
export interface OperatingPoint {
  /** Yes from this probability on; above 1 where nothing is called yes. */
  readonly threshold: number;
  readonly sensitivity: number;
  readonly specificity: number;
  /** Share of the yes that are right; null where nothing is called yes. */
  readonly precision: number | null;
}

interface Counts {
  readonly threshold: number;
  readonly truePositives: number;
  readonly falsePositives: number;
}

/** Calls `visit` for every threshold from high to low, nothing being called yes first. */
export function sweep(
  { scores, truths, ranking: { order, endsTie } }: ScoredQuestion,
  weights: ArrayLike<number>,
  visit: (counts: Counts) => void,
): void {
  requireLength('weights', weights, truths.length, `one for each of ${truths.length} images`);
  let truePositives = 0;
  let falsePositives = 0;
  visit({ threshold: Number.POSITIVE_INFINITY, truePositives, falsePositives });
  for (let i = order.length - 1; i >= 0; i--) {
    const image = order[i];
    if (truths[image] === 1) truePositives += weights[image];
    else falsePositives += weights[image];
    if (i === 0 || endsTie[i - 1] === 1) visit({ threshold: scores[image], truePositives, falsePositives });
  }
}

/** @returns weights of the images for which yes is true, and of the others */
export function countTruths(
  { truths }: ScoredQuestion,
  weights: ArrayLike<number>,
): [positives: number, negatives: number] {
  let positives = 0;
  let total = 0;
  for (let i = 0; i < truths.length; i++) {
    total += weights[i];
    if (truths[i] === 1) positives += weights[i];
  }
  return [positives, total - positives];
}

/** The ROC curve: every threshold from the strictest to calling everything yes. Empty where one answer has no images. */
export function operatingPoints(question: ScoredQuestion, weights: ArrayLike<number>): OperatingPoint[] {
  const [positives, negatives] = countTruths(question, weights);
  if (positives === 0 || negatives === 0) return [];
  const points: OperatingPoint[] = [];
  sweep(question, weights, ({ threshold, truePositives, falsePositives }) => {
    const called = truePositives + falsePositives;
    points.push({
      threshold,
      sensitivity: truePositives / positives,
      specificity: 1 - falsePositives / negatives,
      precision: called > 0 ? truePositives / called : null,
    });
  });
  return points;
}

/**
 * Highest sensitivity at a threshold whose specificity is at least the given one, [0, 1]; NaN where one answer has no images. Only
 * thresholds that the images offer, no interpolation.
 */
export function sensitivityAtSpecificity(
  question: ScoredQuestion,
  weights: ArrayLike<number>,
  specificity: number,
): number {
  requireNumber('specificity', specificity, { min: 0, max: 1 });
  const [positives, negatives] = countTruths(question, weights);
  if (positives === 0 || negatives === 0) return Number.NaN;
  // Shares of counts: 0.9 of 10 must not fail by a rounding error.
  const allowed = (1 - specificity) * negatives * (1 + 1e-12);
  let best = 0;
  sweep(question, weights, ({ truePositives, falsePositives }) => {
    if (falsePositives <= allowed) best = truePositives;
  });
  return best / positives;
}

/** Area under the ROC curve of a question, [0, 1]; NaN where it is undefined. @param weights [N], how often each image counts */
export const questionAuroc = ({ ranking, truths }: ScoredQuestion, weights: ArrayLike<number>): number =>
  auroc(ranking, truths, 1, weights);

/** Average precision of a question, [0, 1]; NaN where it is undefined. @param weights [N], how often each image counts */
export const questionAveragePrecision = ({ ranking, truths }: ScoredQuestion, weights: ArrayLike<number>): number =>
  averagePrecision(ranking, truths, 1, weights);

/** One threshold of a decision curve. */
export interface NetBenefit {
  /** Probability from which on one would act: false alarms weigh threshold / (1 - threshold). */
  readonly threshold: number;
  /** True positives less weighted false positives, by all images. */
  readonly model: number;
  /** Of acting on everybody; acting on nobody is 0. */
  readonly everybody: number;
}

/** Decision curve (Vickers and Elkin 2006). @param thresholds in (0, 1) @returns empty where there are no images */
export function decisionCurve(
  { scores, truths }: ScoredQuestion,
  weights: ArrayLike<number>,
  thresholds: readonly number[],
): NetBenefit[] {
  requireNumbers('thresholds', thresholds, { above: 0, below: 1 });
  requireLength('weights', weights, truths.length, `one for each of ${truths.length} images`);
  let total = 0;
  for (let i = 0; i < truths.length; i++) total += weights[i];
  if (total === 0) return [];
  return thresholds.map((threshold) => {
    const odds = threshold / (1 - threshold);
    let model = 0;
    let everybody = 0;
    for (let i = 0; i < truths.length; i++) {
      const benefit = truths[i] === 1 ? weights[i] : -odds * weights[i];
      everybody += benefit;
      if (scores[i] >= threshold) model += benefit;
    }
    return { threshold, model: model / total, everybody: everybody / total };
  });
}
