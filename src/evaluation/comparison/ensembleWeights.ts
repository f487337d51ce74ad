import { requireLength, requireSome, unexpected, Words } from '../../checks.js';
import { runError } from '../../errors.js';
import { requireAnswers } from '../metrics/scoredImages.js';
import { type AnyPredictions, toPredictions } from '../predictions/predictions.js';

const smallestProbability = 2 ** -52;
/** Members with less are left out: they would cost as much time as any other. */
const smallestWeight = 0.005;
const mostIterations = 10_000;
/** The bound on what is still to be gained, nats, at which the search ends. */
const tolerance = 1e-9;

/** Weights of members, and what they gain on the images that they were fitted on. */
export interface EnsembleWeights {
  /** One a member, at least 0; they sum to 1. */
  readonly weights: readonly number[];
  /** Mean negative log-likelihood (nats) with every diagnosis counting alike, of the members' plain mean and with the weights. */
  readonly lossBefore: number;
  readonly lossAfter: number;
}

/**
 * Weights of a mean of probabilities under which the labels are most likely, every diagnosis counting alike however many images it has (as in
 * balanced accuracy). A weighted mean of probabilities is a mixture, whose log-likelihood is concave in the weights: the EM algorithm
 * (Dempster, Laird and Rubin 1977) goes from equal weights to its one maximum, as Smyth and Wolpert 1999 stack densities ("Linearly combining density
 * estimators via stacking"). Members that end below 0.5% are left out.
 * @param given of the same validation images, in the same order
 * @throws LesionlabError kind `run` where there are no images; kind `usage` where images, labels or classes differ
 */
export function fitEnsembleWeights(given: readonly AnyPredictions[]): EnsembleWeights {
  requireSome('parts', given, 'member');
  const parts = given.map(toPredictions);
  const { labels, classes } = parts[0];
  if (labels.length === 0)
    throw runError('no-validation', 'Weights of an ensemble are chosen on validation images, and there are none.', {
      hint: 'Make the ensemble with equal weights: all members then count alike.',
    });
  for (const [m, part] of parts.entries()) {
    requireLength(`classes of part ${m}`, part.classes, classes.length, 'as the first has');
    requireLength(`labels of part ${m}`, part.labels, labels.length, 'as the first has');
    const other = part.labels.findIndex((label, i) => label !== labels[i]);
    if (other >= 0)
      throw unexpected(
        `labels of part ${m}`,
        'those of the first',
        new Words(`another one for image ${part.imageIds[other]}`),
      );
    requireAnswers(part);
  }
  const shares = imageShares(labels, classes.length);
  // [M][N], what each member gives the truth.
  const likelihoods = parts.map(({ probabilities }) =>
    Float64Array.from(labels, (label, i) => Math.max(probabilities[i * classes.length + label], smallestProbability)),
  );
  const equal = parts.map(() => 1 / parts.length);
  const found = maximise(likelihoods, shares, equal);
  const kept = found.map((weight) => (weight < smallestWeight ? 0 : weight));
  const total = kept.reduce((sum, weight) => sum + weight, 0);
  // What is left out shifts the others' best weights, by next to nothing.
  const weights = kept.map((weight) => weight / total);
  return { weights, lossBefore: lossOf(likelihoods, shares, equal), lossAfter: lossOf(likelihoods, shares, weights) };
}

function maximise(likelihoods: readonly Float64Array[], shares: Float64Array, start: readonly number[]): number[] {
  let weights = [...start];
  for (let iteration = 0; iteration < mostIterations; iteration++) {
    const gains = weights.map(() => 0);
    for (let i = 0; i < shares.length; i++) {
      const mixture = mixtureAt(likelihoods, weights, i);
      for (const [m, own] of likelihoods.entries()) gains[m] += (shares[i] * own[i]) / mixture;
    }
    weights = weights.map((weight, m) => weight * gains[m]);
    // The gains are the gradient: of a concave function on the simplex, the largest of them less 1 bounds what is left.
    if (Math.max(...gains) - 1 < tolerance) break;
  }
  return weights;
}

function mixtureAt(likelihoods: readonly Float64Array[], weights: readonly number[], i: number): number {
  let sum = 0;
  for (const [m, own] of likelihoods.entries()) sum += weights[m] * own[i];
  return sum;
}

function lossOf(likelihoods: readonly Float64Array[], shares: Float64Array, weights: readonly number[]): number {
  let loss = 0;
  for (let i = 0; i < shares.length; i++) loss -= shares[i] * Math.log(mixtureAt(likelihoods, weights, i));
  return loss;
}

/** What each image counts, [N]: classes that have images alike, and images of a class alike; sums to 1. */
function imageShares(labels: Int32Array, classes: number): Float64Array {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label] += 1;
  const present = counts.filter((count) => count > 0).length;
  return Float64Array.from(labels, (label) => 1 / (present * counts[label]));
}
