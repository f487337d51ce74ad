import { requireInteger, requireLabels, requireNumber, requireNumbers, requireSome } from '../../checks.js';
import { usageError } from '../../errors.js';
import type { FeatureStatistics } from '../../models/index.js';
import { Random } from '../../random.js';
import { cholesky, invertLower, shrunkCovariance } from './linearAlgebra.js';

/** Numbers an image that distances are taken in; where a network has more features, a random projection makes them as many. */
export const largestWidth = 256;

/** How the statistics of training images are taken. */
export interface FitOutOfDistributionOptions {
  /** [N, D], what the network's head takes. */
  readonly features: ArrayLike<number>;
  /** [N], class indices. */
  readonly labels: ArrayLike<number>;
  readonly classes: number;
  /** Of the random projection. Default 0. */
  readonly seed?: number;
}

/** Statistics of training images, with how much they were smoothed. */
export interface FittedStatistics extends FeatureStatistics {
  /** Weight of the scaled identity in the covariance, [0, 1]. */
  readonly shrinkage: number;
}

/**
 * Class means and the covariance that the classes share, of features or, where there are many, of a random projection of them
 * (distances between projected images are nearly those between images: Johnson and Lindenstrauss 1984). A class without images has no mean.
 * Source: Lee et al., A simple unified framework for detecting out-of-distribution samples and adversarial attacks, NeurIPS 2018,
 * section 2.1; shrinkage as `shrunkCovariance` has it.
 * @throws LesionlabError kind `usage` where there are no images or features that aren't numbers
 */
export function fitOutOfDistribution(options: FitOutOfDistributionOptions): FittedStatistics {
  const { features, labels, classes, seed = 0 } = options;
  const count = labels.length;
  const columns = features.length / count;
  if (count === 0 || !Number.isInteger(columns))
    throw usageError('no-features', `Expected features of some images, found ${features.length} for ${count}.`);
  requireInteger('classes', classes, { min: 1 });
  requireLabels('labels', labels, classes);
  requireNumbers('features', features);
  const rows = Float64Array.from(features);
  const centre = Float32Array.from(columnMeans(rows, columns));
  const projection = columns > largestWidth ? drawProjection(columns, seed) : undefined;
  const width = projection ? largestWidth : columns;
  const centred = subtractRow(rows, centre, columns);
  const points = projection ? multiply(centred, projection, columns, width) : centred;
  const seen = new Set(Array.from(labels));
  const present = Array.from({ length: classes }, (_, k) => k).filter((k) => seen.has(k));
  const means = present.map((k) => columnMeans(points, width, (i) => labels[i] === k));
  const meanOf = new Map(present.map((k, i) => [k, means[i]]));
  const residuals = Float64Array.from(
    points,
    (value, i) => value - meanOf.get(labels[Math.floor(i / width)])![i % width],
  );
  const { matrix, shrinkage } = shrunkCovariance(residuals, width);
  // With covariance L Lᵀ, a row times the transpose of L⁻¹ has the identity as its covariance.
  const whitener = transpose(invertLower(cholesky(matrix, width), width), width);
  const whitening = projection ? multiply(projection, whitener, width, width) : whitener;
  return {
    features: columns,
    width,
    centre,
    whitening: Float32Array.from(whitening),
    means: Float32Array.from(means.flatMap((mean) => [...multiply(mean, whitener, width, width)])),
    shrinkage,
  };
}

/**
 * Squared Mahalanobis distance of each image's features to the nearest class, above or equal 0: large where an image resembles none of those
 * that the statistics are from.
 * @param features [M, D] @returns [M]
 * @throws LesionlabError kind `usage` where the features are of another network
 */
export function scoreOutOfDistribution(statistics: FeatureStatistics, features: ArrayLike<number>): Float64Array {
  const { features: columns, width, centre, whitening, means } = statistics;
  if (!Number.isInteger(features.length / columns))
    throw usageError('features-width', `Expected ${columns} features an image, found ${features.length} in all.`);
  const centred = subtractRow(Float64Array.from(features), centre, columns);
  const points = multiply(centred, whitening, columns, width);
  const scores = new Float64Array(features.length / columns).fill(Number.POSITIVE_INFINITY);
  for (let i = 0; i < scores.length; i++) {
    for (let first = 0; first < means.length; first += width) {
      let sum = 0;
      for (let j = 0; j < width; j++) sum += (points[i * width + j] - means[first + j]) ** 2;
      if (sum < scores[i]) scores[i] = sum;
    }
  }
  return scores;
}

/**
 * The score that a share of images stays at or below: the smallest of the scores with at least that share at or below it, so that no more
 * than the rest of them lies above.
 * @param scores of images that the network wasn't trained on @param share (0, 1]
 */
export function outOfDistributionThreshold(scores: ArrayLike<number>, share = 0.99): number {
  requireSome('scores', scores, 'image');
  requireNumbers('scores', scores);
  requireNumber('share', share, { above: 0, max: 1 });
  const sorted = Float64Array.from(scores).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length - 1e-9) - 1)];
}

function columnMeans(rows: Float64Array, columns: number, counts: (row: number) => boolean = () => true): Float64Array {
  const sums = new Float64Array(columns);
  let count = 0;
  for (let i = 0; i < rows.length / columns; i++) {
    if (!counts(i)) continue;
    count += 1;
    for (let j = 0; j < columns; j++) sums[j] += rows[i * columns + j];
  }
  return sums.map((sum) => sum / count);
}

const subtractRow = (rows: Float64Array, row: ArrayLike<number>, columns: number): Float64Array =>
  rows.map((value, i) => value - row[i % columns]);

/** Normal numbers that keep lengths on average. @returns [columns, largestWidth] */
function drawProjection(columns: number, seed: number): Float64Array {
  const random = new Random(seed, 'out-of-distribution-projection');
  const spread = 1 / Math.sqrt(largestWidth);
  return Float64Array.from({ length: columns * largestWidth }, () => random.normal(0, spread));
}

/** a [N, inner] times b [inner, columns]. */
function multiply(a: Float64Array, b: ArrayLike<number>, inner: number, columns: number): Float64Array {
  const rows = a.length / inner;
  const product = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    const target = product.subarray(i * columns, (i + 1) * columns);
    for (let k = 0; k < inner; k++) {
      const factor = a[i * inner + k];
      if (factor === 0) continue;
      for (let j = 0; j < columns; j++) target[j] += factor * b[k * columns + j];
    }
  }
  return product;
}

function transpose(matrix: Float64Array, n: number): Float64Array {
  return matrix.map((_, at) => matrix[(at % n) * n + Math.floor(at / n)]);
}
