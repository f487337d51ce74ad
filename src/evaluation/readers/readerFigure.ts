import type { FigureOfMerit, ReaderCell, ReaderStudy } from './readerStudy.js';

/** A figure of merit of one reader under one condition, with what each lesion adds to its error. */
export interface ReaderFigure {
  /** [0, 1] */
  readonly value: number;
  readonly positives: number;
  readonly negatives: number;
  /** [C], lesions that the figure rests on, in ascending order. */
  readonly clusters: Int32Array;
  /** [C], what the lesion's positive images add to the figure's deviation from its expectation. */
  readonly positiveParts: Float64Array;
  /** [C], likewise its negative images. */
  readonly negativeParts: Float64Array;
  /** [C], how the figure changes when the lesion is left out. */
  readonly leftOut: Float64Array;
  /** [C], the lesion's positive images. */
  readonly positiveCounts: Float64Array;
  /** [C], the lesion's negative images. */
  readonly negativeCounts: Float64Array;
  /** Lesions with positive images, with negative images. */
  readonly positiveClusters: number;
  readonly negativeClusters: number;
}

/**
 * A figure of merit of what a reader said: the empirical AUROC of scores, or the share of positive (negative) images that were called so.
 * @returns null where it isn't defined: what it is computed from wasn't said, or it would rest on fewer than two lesions of a side. A reader who
 *   said yes or no, or whose scores take two values only, has no AUROC.
 */
export function readerFigure(
  { truths, clusterOf }: Pick<ReaderStudy, 'truths' | 'clusterOf'>,
  cell: Pick<ReaderCell, 'images' | 'answers' | 'scores'>,
  figure: FigureOfMerit,
): ReaderFigure | null {
  const { images, answers, scores } = cell;
  const said = figure === 'auroc' ? scores : answers;
  if (!said) return null;
  const order = Int32Array.from({ length: images.length }, (_, i) => i).filter((i) => !Number.isNaN(said[i]));
  if (figure === 'auroc') {
    if (new Set(Array.from(order, (i) => said[i])).size < 3) return null;
    order.sort((a, b) => said[a] - said[b]);
    return aurocFigure(
      order.length,
      (i) => truths[images[order[i]]],
      (i) => clusterOf[images[order[i]]],
      (i) => said[order[i]],
    );
  }
  const side = figure === 'sensitivity' ? 1 : 0;
  const kept = order.filter((i) => truths[images[i]] === side);
  return shareFigure(
    kept.length,
    side,
    (i) => clusterOf[images[kept[i]]],
    (i) => (said[kept[i]] === side ? 1 : 0),
  );
}

/** Sums by lesion, which are numbered anew in ascending order. */
class ClusterSums {
  readonly clusters: Int32Array;
  readonly #place = new Map<number, number>();

  constructor(count: number, clusterAt: (i: number) => number) {
    const found = new Set<number>();
    for (let i = 0; i < count; i++) found.add(clusterAt(i));
    this.clusters = Int32Array.from(found).sort();
    for (const [place, cluster] of this.clusters.entries()) this.#place.set(cluster, place);
  }

  placeOf(cluster: number): number {
    return this.#place.get(cluster)!;
  }

  zeros(): Float64Array {
    return new Float64Array(this.clusters.length);
  }
}

function shareFigure(
  count: number,
  side: number,
  clusterAt: (i: number) => number,
  rightAt: (i: number) => number,
): ReaderFigure | null {
  const sums = new ClusterSums(count, clusterAt);
  if (sums.clusters.length < 2) return null;
  const [sizes, rights] = [sums.zeros(), sums.zeros()];
  let right = 0;
  for (let i = 0; i < count; i++) {
    const place = sums.placeOf(clusterAt(i));
    sizes[place] += 1;
    rights[place] += rightAt(i);
    right += rightAt(i);
  }
  const value = right / count;
  const parts = rights.map((of, c) => (of - sizes[c] * value) / count);
  const leftOut = rights.map((of, c) => (right - of) / (count - sizes[c]) - value);
  const [none, clusters] = [sums.zeros(), sums.clusters.length];
  return {
    value,
    positives: side === 1 ? count : 0,
    negatives: side === 1 ? 0 : count,
    clusters: sums.clusters,
    positiveParts: side === 1 ? parts : none,
    negativeParts: side === 1 ? none : parts,
    leftOut,
    positiveCounts: side === 1 ? sizes : none,
    negativeCounts: side === 1 ? none : sizes,
    positiveClusters: side === 1 ? clusters : 0,
    negativeClusters: side === 1 ? 0 : clusters,
  };
}

/**
 * Placement values of sorted images: for a positive image the share of negatives below it, for a negative one the share of positives above it,
 * ties counting half. Their sums by lesion are the structural components of Obuchowski 1997 (of DeLong 1988 where each image is a lesion).
 */
function aurocFigure(
  count: number,
  truthAt: (i: number) => number,
  clusterAt: (i: number) => number,
  scoreAt: (i: number) => number,
): ReaderFigure | null {
  let positives = 0;
  for (let i = 0; i < count; i++) positives += truthAt(i);
  const negatives = count - positives;
  const sums = new ClusterSums(count, clusterAt);
  const [won, wonOfNegatives] = [sums.zeros(), sums.zeros()];
  const [ofPositives, ofNegatives] = [sums.zeros(), sums.zeros()];
  let [below, positivesBelow, pairs] = [0, 0, 0];
  for (let start = 0; start < count; ) {
    let end = start;
    let tied = 0;
    for (; end < count && scoreAt(end) === scoreAt(start); end++) tied += truthAt(end);
    const tiedNegatives = end - start - tied;
    for (let i = start; i < end; i++) {
      const place = sums.placeOf(clusterAt(i));
      if (truthAt(i) === 1) {
        won[place] += below + tiedNegatives / 2;
        ofPositives[place] += 1;
      } else {
        wonOfNegatives[place] += positives - positivesBelow - tied / 2;
        ofNegatives[place] += 1;
      }
    }
    pairs += tied * (below + tiedNegatives / 2);
    below += tiedNegatives;
    positivesBelow += tied;
    start = end;
  }
  const isMixed = ofPositives.some((of, c) => of > 0 && ofNegatives[c] > 0);
  const within = isMixed ? pairsWithin(count, truthAt, clusterAt, scoreAt, sums) : undefined;
  const positiveClusters = countAbove(ofPositives);
  const negativeClusters = countAbove(ofNegatives);
  if (positiveClusters < 2 || negativeClusters < 2) return null;
  const value = pairs / (positives * negatives);
  return {
    value,
    positives,
    negatives,
    clusters: sums.clusters,
    positiveParts: won.map((of, c) => (of / negatives - ofPositives[c] * value) / positives),
    negativeParts: wonOfNegatives.map((of, c) => (of / positives - ofNegatives[c] * value) / negatives),
    leftOut: won.map((of, c) => {
      const left = pairs - of - wonOfNegatives[c] + (within?.[c] ?? 0);
      return left / ((positives - ofPositives[c]) * (negatives - ofNegatives[c])) - value;
    }),
    positiveCounts: ofPositives,
    negativeCounts: ofNegatives,
    positiveClusters,
    negativeClusters,
  };
}

/** Pairs of a positive and a negative image of the same lesion that are in order, ties counting half: leaving a lesion out takes them away once. */
function pairsWithin(
  count: number,
  truthAt: (i: number) => number,
  clusterAt: (i: number) => number,
  scoreAt: (i: number) => number,
  sums: ClusterSums,
): Float64Array {
  const within = sums.zeros();
  const members: number[][] = Array.from(within, () => []);
  for (let i = 0; i < count; i++) members[sums.placeOf(clusterAt(i))].push(i);
  for (const [place, own] of members.entries())
    for (const i of own)
      for (const j of own)
        if (truthAt(i) === 1 && truthAt(j) === 0)
          within[place] += scoreAt(i) > scoreAt(j) ? 1 : scoreAt(i) === scoreAt(j) ? 0.5 : 0;
  return within;
}

function countAbove(values: Float64Array): number {
  let count = 0;
  for (const value of values) if (value > 0) count += 1;
  return count;
}
