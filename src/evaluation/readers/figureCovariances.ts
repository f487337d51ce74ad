import type { ReaderFigure } from './readerFigure.js';

/**
 * How the covariances of readers' figures over images are estimated. `jackknife`: one lesion is left out at a time. `components`: the structural
 * components of the AUROC summed by lesion (Obuchowski 1997), which with one image a lesion are DeLong's (1988); of a share, its usual variance.
 */
export type CovarianceMethod = 'jackknife' | 'components';

/**
 * Covariances of figures of merit that come from images alone, the readers being who they are: over the lesions that both rest on, so that those
 * with no lesion in common have none.
 * @returns [K, K], symmetric
 */
export function figureCovariances(figures: readonly ReaderFigure[], method: CovarianceMethod): Float64Array[] {
  const all = new Set<number>();
  for (const { clusters } of figures) for (const cluster of clusters) all.add(cluster);
  const pair = method === 'jackknife' ? jackknife(all.size) : components;
  const matrix = figures.map(() => new Float64Array(figures.length));
  for (let k = 0; k < figures.length; k++)
    for (let l = 0; l <= k; l++) {
      const value = pair(figures[k], figures[l]);
      matrix[k][l] = value;
      matrix[l][k] = value;
    }
  return matrix;
}

/** Leaving out a lesion that a figure doesn't rest on leaves it as it is. @param lesions that the study has */
const jackknife =
  (lesions: number) =>
  (first: ReaderFigure, second: ReaderFigure): number => {
    let products = 0;
    forEachShared(first, second, (a, b) => {
      products += first.leftOut[a] * second.leftOut[b];
    });
    const centre = (sum(first.leftOut) * sum(second.leftOut)) / lesions;
    return ((lesions - 1) / lesions) * (products - centre);
  };

function components(first: ReaderFigure, second: ReaderFigure): number {
  let [ofPositives, ofNegatives, across] = [0, 0, 0];
  let [positiveClusters, negativeClusters, clusters] = [0, 0, 0];
  forEachShared(first, second, (a, b) => {
    const [positive, other] = [first.positiveParts[a], second.positiveParts[b]];
    const [negative, otherNegative] = [first.negativeParts[a], second.negativeParts[b]];
    ofPositives += positive * other;
    ofNegatives += negative * otherNegative;
    across += positive * otherNegative + negative * other;
    if (first.positiveCounts[a] > 0 && second.positiveCounts[b] > 0) positiveClusters += 1;
    if (first.negativeCounts[a] > 0 && second.negativeCounts[b] > 0) negativeClusters += 1;
    clusters += 1;
  });
  return (
    ofPositives * correction(first.positiveClusters, second.positiveClusters, positiveClusters) +
    ofNegatives * correction(first.negativeClusters, second.negativeClusters, negativeClusters) +
    across * correction(first.clusters.length, second.clusters.length, clusters)
  );
}

/**
 * What deviations from estimated instead of true means lack, on average, of a covariance over `shared` of `first` and of `second` lesions: I / (I - 1)
 * where both rest on the same ones.
 */
function correction(first: number, second: number, shared: number): number {
  return shared === 0 ? 0 : 1 / (1 - 1 / first - 1 / second + shared / (first * second));
}

function forEachShared(first: ReaderFigure, second: ReaderFigure, use: (a: number, b: number) => void): void {
  const [one, other] = [first.clusters, second.clusters];
  for (let a = 0, b = 0; a < one.length && b < other.length; ) {
    if (one[a] < other[b]) a += 1;
    else if (one[a] > other[b]) b += 1;
    else use(a++, b++);
  }
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
