import { runError } from '../../errors.js';
import { auroc } from '../../training/auroc.js';
import type { ScoredImages } from '../metrics/scoredImages.js';
import { readerFigure } from '../readers/readerFigure.js';

/** Numbers that choices are compared by, the one with the most to say first. */
export const choiceFigures = ['logLoss', 'macroAuroc', 'balancedAccuracy'] as const;
/** A number that choices are compared by. */
export type ChoiceFigure = (typeof choiceFigures)[number];

/** A number of one network, with what each cluster of images (lesion or patient) adds to its error. */
export interface FigureParts {
  readonly value: number;
  /** [clusters]; the sum of their squares is the jackknife's variance of `value`. */
  readonly parts: Float64Array;
}

/**
 * Log loss (nats, lower is better), mean AUROC and balanced accuracy of one network, each a mean over diagnoses of what one of them has alone, so that leaving out a lesion changes
 * the numbers of diagnoses and never which diagnoses are counted. The log loss counts diagnoses by `prevalence`, the others alike.
 * @param prevalence [K], as the probabilities were made for; of the diagnoses that have images it is taken as a whole
 * @throws LesionlabError kind `run` where only one diagnosis has images, of which no AUROC can be told
 */
export function measureChoice(
  scored: ScoredImages,
  prevalence: readonly number[],
): Readonly<Record<ChoiceFigure, FigureParts>> {
  const present = classesWithImages(scored);
  if (present.length < 2)
    throw runError('one-diagnosis', 'The images that choices are compared on are all of one diagnosis.', {
      hint: 'Compare on more images: raise the limit, or the share of validation images.',
    });
  const share = present.reduce((sum, k) => sum + prevalence[k], 0);
  const { labels, losses, predicted } = scored;
  return {
    logLoss: meanOfClasses(
      scored,
      present.map((k) => [prevalence[k] / share, classMean(scored, k, (i) => losses[i])]),
    ),
    macroAuroc: meanOfClasses(
      scored,
      present.map((k) => [1 / present.length, classAuroc(scored, k)]),
    ),
    balancedAccuracy: meanOfClasses(
      scored,
      present.map((k) => [1 / present.length, classMean(scored, k, (i) => Number(predicted[i] === labels[i]))]),
    ),
  };
}

/** Indices of the classes that have images. */
export function classesWithImages({ labels, classes }: ScoredImages): number[] {
  const found = new Set(labels);
  return Array.from({ length: classes }, (_, k) => k).filter((k) => found.has(k));
}

/** A number of one class: how it changes when a cluster is left out, times what makes squares of these its variance. */
interface ClassNumber {
  readonly value: number;
  readonly clusters: ArrayLike<number>;
  readonly parts: ArrayLike<number>;
}

function meanOfClasses(
  { clusters }: ScoredImages,
  numbers: readonly (readonly [weight: number, number: ClassNumber])[],
): FigureParts {
  const parts = new Float64Array(clusters);
  let value = 0;
  for (const [weight, own] of numbers) {
    value += weight * own.value;
    for (let c = 0; c < own.clusters.length; c++) parts[own.clusters[c]] += weight * own.parts[c];
  }
  return { value, parts };
}

/** Of `n` clusters, leaving one out changes a mean by more than the cluster's share of its error. */
const jackknifeFactor = (n: number): number => Math.sqrt((n - 1) / n);

/** Mean of a number of the images of a class. */
function classMean({ labels, clusterOf }: ScoredImages, k: number, numberOf: (i: number) => number): ClassNumber {
  const sums = new Map<number, { count: number; sum: number }>();
  let [count, sum] = [0, 0];
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] !== k) continue;
    const own = sums.get(clusterOf[i]) ?? { count: 0, sum: 0 };
    const number = numberOf(i);
    own.count += 1;
    own.sum += number;
    sums.set(clusterOf[i], own);
    count += 1;
    sum += number;
  }
  const value = sum / count;
  // A single lesion says nothing of what others would have made of it.
  if (sums.size < 2) return { value, clusters: [], parts: [] };
  const factor = jackknifeFactor(sums.size);
  return {
    value,
    clusters: [...sums.keys()],
    parts: [...sums.values()].map((own) => factor * (value - (sum - own.sum) / (count - own.count))),
  };
}

/** AUROC of a class against all others. */
function classAuroc({ labels, clusterOf, probabilities, classes, rankings }: ScoredImages, k: number): ClassNumber {
  const images = Int32Array.from(labels.keys());
  const truths = Uint8Array.from(labels, (label) => Number(label === k));
  const scores = Float64Array.from(images, (i) => probabilities[i * classes + k]);
  const found = readerFigure({ truths, clusterOf }, { images, scores }, 'auroc');
  // So few lesions, or so few different scores, tell no error.
  if (!found) return { value: auroc(rankings[k], labels, k), clusters: [], parts: [] };
  const { value, clusters, leftOut, positiveCounts, positiveClusters, negativeClusters } = found;
  const [ofPositives, ofNegatives] = [positiveClusters, negativeClusters].map(jackknifeFactor);
  return {
    value,
    clusters,
    parts: leftOut.map((change, c) => -change * (positiveCounts[c] > 0 ? ofPositives : ofNegatives)),
  };
}
