import { usageError } from '../../errors.js';
import { auroc, type Ranking, rankScores } from '../../training/auroc.js';
import { normalTail } from '../distributions/normal.js';
import { type BinaryQuestion, binaryQuestions, scoreQuestion } from '../metrics/binaryQuestion.js';
import { balancedAccuracy } from '../metrics/metrics.js';
import { clustersWhere, type ScoredImages, scoreImages, WeightedImages } from '../metrics/scoredImages.js';
import type { Predictions } from '../predictions/predictions.js';
import type { AnalysisPlan, PlannedMetric } from './analysisPlan.js';
import { standardDeviation } from './multiplicity.js';

/** Predictions of one classifier with its answers to the plan's question. */
export interface Side {
  readonly scored: ScoredImages;
  readonly truths: Uint8Array;
  readonly scores: Float64Array;
  readonly ranking: Ranking;
  /** Whether an image is called yes. */
  readonly called: (image: number) => boolean;
}

/** @throws LesionlabError kind `usage` where a plan's question can't be asked of the classes */
export function openSide(predictions: Predictions, plan: AnalysisPlan, threshold: number | undefined): Side {
  const scored = scoreImages(predictions);
  const [question] = questionsOf(predictions, plan);
  const { scores, truths } = scoreQuestion(scored, predictions.classes, question);
  const yes = predictions.classes.map(({ id }) => question.classes.includes(id));
  return {
    scored,
    scores,
    ranking: rankScores(scores),
    truths,
    called: (i) => (threshold === undefined ? yes[scored.predicted[i]] : scores[i] >= threshold),
  };
}

function questionsOf({ classes }: Predictions, plan: AnalysisPlan): BinaryQuestion[] {
  const found = binaryQuestions(classes);
  if (found.length > 0) return found;
  // Accuracy and balanced accuracy ask no question.
  if (plan.endpoints.every(({ metric }) => metric === 'accuracy' || metric === 'balancedAccuracy') && !plan.subgroups)
    return [{ id: 'first', title: classes[0].name, classes: [classes[0].id] }];
  throw usageError(
    'no-question',
    'The plan is about sensitivity, specificity or AUROC, and nothing says which classes mean yes.',
    {
      hint: 'Name them in the plan: positive: [mel].',
    },
  );
}

/** Places of the images that a share is over, and whether each counts; null of numbers that are no shares. */
export function counted(
  { scored, truths, called }: Side,
  metric: PlannedMetric,
): { over: (i: number) => boolean; right: (i: number) => number } | null {
  if (metric === 'accuracy')
    return { over: () => true, right: (i) => Number(scored.predicted[i] === scored.labels[i]) };
  if (metric === 'sensitivity') return { over: (i) => truths[i] === 1, right: (i) => Number(called(i)) };
  if (metric === 'specificity') return { over: (i) => truths[i] === 0, right: (i) => Number(!called(i)) };
  return null;
}

/** A number of one side. @param weights [N], how often each unit counts */
export function measure(
  side: Side,
  metric: PlannedMetric,
  weights: Float64Array = new Float64Array(side.scored.images).fill(1),
): number {
  if (metric === 'auroc') return auroc(side.ranking, side.truths, 1, weights);
  if (metric === 'balancedAccuracy') return balancedAccuracy(new WeightedImages(side.scored, weights));
  const { over, right } = counted(side, metric)!;
  let [sum, total] = [0, 0];
  for (let i = 0; i < weights.length; i++) {
    if (!over(i)) continue;
    total += weights[i];
    sum += weights[i] * right(i);
  }
  return sum / total;
}

/**
 * Standard error of a difference (or of one number) by leaving out one cluster at a time: with few clusters, or large ones, it is wider than
 * the linearised one, which would be too narrow (CR3 of MacKinnon and White 1985).
 * @param other what it is compared with on the same images; null of one number
 * @returns with degrees of freedom: one less than the clusters behind the number; NaN where fewer than two are
 */
export function jackknife(
  own: Side,
  other: Side | null,
  metric: PlannedMetric,
): { readonly standardError: number; readonly freedom: number } {
  const { clusterOf, clusters, images } = own.scored;
  const share = counted(own, metric);
  const behind = new Set<number>();
  for (let i = 0; i < images; i++) if (share?.over(i) ?? true) behind.add(clusterOf[i]);
  const weights = new Float64Array(images).fill(1);
  const imagesOf = Array.from({ length: clusters }, (): number[] => []);
  for (let i = 0; i < images; i++) imagesOf[clusterOf[i]].push(i);
  const without: number[] = [];
  for (const cluster of behind) {
    for (const i of imagesOf[cluster]) weights[i] = 0;
    without.push(measure(own, metric, weights) - (other ? measure(other, metric, weights) : 0));
    for (const i of imagesOf[cluster]) weights[i] = 1;
  }
  const known = without.filter((value) => !Number.isNaN(value));
  const freedom = known.length - 1;
  return { standardError: (standardDeviation(known) * freedom) / Math.sqrt(known.length), freedom };
}

/** Clusters with an image that a share is over. */
export function clustersBehind(side: Side, metric: PlannedMetric): number {
  const share = counted(side, metric);
  return clustersWhere(side.scored, (i) => share?.over(i) ?? true);
}

/**
 * Where every image agrees there is no spread, which is no certainty: score tests with as many trials as clusters. A share against a value by
 * Wilson 1927; a pair without any difference by Tango 1998, whose interval is then z² / (n + z²) to either side.
 */
export function testWithoutSpread(about: {
  readonly value: number;
  readonly compared: number;
  readonly paired: boolean;
  readonly margin: number;
  readonly z: number;
  readonly clusters: number;
}): { readonly pValue: number; readonly lowerBound: number } {
  const { value, compared, paired, margin, z, clusters } = about;
  if (Number.isNaN(value) || Number.isNaN(compared)) return { pValue: 1, lowerBound: Number.NaN };
  const below = z ** 2 / (clusters + z ** 2);
  if (paired) {
    const distance = value - compared + margin;
    const share = Math.min(Math.max(distance, 0), 1 - 1e-12);
    return {
      pValue: distance < 0 ? 1 : normalTail(Math.sqrt((clusters * share) / (1 - share))),
      lowerBound: value - compared - below,
    };
  }
  const least = compared - margin;
  const lowest = value === 1 ? 1 - below : 0;
  if (least <= 0 || value !== 1) return { pValue: value > least ? 0 : 1, lowerBound: lowest - compared };
  return { pValue: normalTail(Math.sqrt((clusters * (1 - least)) / least)), lowerBound: lowest - compared };
}
