import { clusteredShare } from '../metrics/clusteredShare.js';
import { readerFigure } from '../readers/readerFigure.js';
import type { PlannedMetric } from './analysisPlan.js';
import type { EstimatedDifference } from './multiplicity.js';
import { counted, type Side } from './plannedSide.js';

/** A number of some images, with its error over lesions (or patients). */
export interface GroupEstimate {
  /** What a difference is taken of: the number itself, of an AUROC the guarded one. */
  readonly centre: number;
  /** What its variance is the sum of, each with its degrees of freedom. */
  readonly parts: readonly VariancePart[];
  /** By cluster, what it adds to the number's deviation from its expectation. */
  readonly deviations: ReadonlyMap<number, number>;
  /** Clusters that it rests on: of an AUROC those of the scarcer side, of recalls all. */
  readonly clusters: number;
}

interface VariancePart {
  readonly variance: number;
  readonly freedom: number;
}

/**
 * A number of some images with its error. The variance is that of a share of as many independent images as would give the variance found over clusters, with one
 * success and one failure more among them (Agresti and Caffo, The American Statistician 54 (2000) 280-288): few lesions that were all right are no certainty. What is
 * found over clusters leaves out one at a time; of an AUROC it is Obuchowski's (1997).
 * @param images places of the images
 * @returns null where it isn't defined: no image that it is over, or of an AUROC fewer than two lesions of a side or three scores
 */
export function estimateGroup(side: Side, metric: PlannedMetric, images: Int32Array): GroupEstimate | null {
  if (metric === 'auroc') return estimateAuroc(side, images);
  if (metric !== 'balancedAccuracy') {
    const { over, right } = counted(side, metric)!;
    return estimateShare(side, images.filter(over), right);
  }
  const { labels, predicted, clusterOf } = side.scored;
  const recalls = [...new Set(Array.from(images, (i) => labels[i]))].map(
    (label) =>
      estimateShare(
        side,
        images.filter((i) => labels[i] === label),
        (i) => Number(predicted[i] === label),
      )!,
  );
  return meanEstimate(recalls, new Set(Array.from(images, (i) => clusterOf[i])).size);
}

/** One less the other; what clusters with images on both sides make them have in common is taken off. */
export function estimateDifference(one: GroupEstimate, other: GroupEstimate): EstimatedDifference {
  let [shared, ofOne, ofOther] = [0, 0, 0];
  for (const [cluster, deviation] of one.deviations) {
    ofOne += deviation ** 2;
    shared += deviation * (other.deviations.get(cluster) ?? 0);
  }
  for (const deviation of other.deviations.values()) ofOther += deviation ** 2;
  const correlation = shared === 0 ? 0 : shared / Math.sqrt(ofOne * ofOther);
  const [a, b] = [one, other].map(({ parts }) => parts.reduce((sum, { variance }) => sum + variance, 0));
  // Satterthwaite 1946.
  const spread = [...one.parts, ...other.parts].reduce(
    (sum, { variance, freedom }) => sum + variance ** 2 / freedom,
    0,
  );
  return {
    difference: one.centre - other.centre,
    standardError: Math.sqrt(Math.max(a + b - 2 * correlation * Math.sqrt(a * b), 0)),
    freedom: (a + b) ** 2 / spread,
  };
}

function estimateShare(
  { scored }: Pick<Side, 'scored'>,
  images: Int32Array,
  right: (image: number) => number,
): GroupEstimate | null {
  if (images.length === 0) return null;
  const inside = new Uint8Array(scored.images);
  for (const i of images) inside[i] = 1;
  const { share, clusters, cautious } = clusteredShare(
    scored,
    (i) => inside[i] === 1,
    (i) => right(i) === 1,
  );
  const deviations = new Map<number, number>();
  for (const i of images) {
    const cluster = scored.clusterOf[i];
    deviations.set(cluster, (deviations.get(cluster) ?? 0) + (right(i) - share) / images.length);
  }
  const parts = [{ variance: guardedVariance(share, cautious), freedom: Math.max(clusters - 1, 1) }];
  return { centre: share, parts, deviations, clusters };
}

function estimateAuroc({ scored, truths, scores }: Side, images: Int32Array): GroupEstimate | null {
  const { clusterOf } = scored;
  const said = { images, scores: Float64Array.from(images, (i) => scores[i]) };
  const figure = readerFigure({ truths, clusterOf }, said, 'auroc');
  if (!figure) return null;
  const { value, clusters, positiveParts, negativeParts, positiveClusters, negativeClusters } = figure;
  const of = (parts: Float64Array, count: number) => (squares(parts) * count) / (count - 1);
  const variance = of(positiveParts, positiveClusters) + of(negativeParts, negativeClusters);
  const scarcer = Math.min(positiveClusters, negativeClusters);
  const trials = variance > 1e-15 ? (value * (1 - value)) / variance : scarcer;
  return {
    centre: guardedShare(value, trials),
    // Near 1 the variance found is large on average already; Student's t on top would find too little (bench/subgroupCoverage.mjs).
    parts: [{ variance: guardedVariance(value, trials), freedom: Number.POSITIVE_INFINITY }],
    deviations: new Map(Array.from(clusters, (cluster, c) => [cluster, positiveParts[c] + negativeParts[c]])),
    clusters: scarcer,
  };
}

function meanEstimate(estimates: readonly GroupEstimate[], clusters: number): GroupEstimate {
  const count = estimates.length;
  const deviations = new Map<number, number>();
  for (const own of estimates)
    for (const [cluster, deviation] of own.deviations)
      deviations.set(cluster, (deviations.get(cluster) ?? 0) + deviation / count);
  return {
    centre: estimates.reduce((sum, { centre }) => sum + centre, 0) / count,
    parts: estimates.flatMap(({ parts }) =>
      parts.map(({ variance, freedom }) => ({ variance: variance / count ** 2, freedom })),
    ),
    deviations,
    clusters,
  };
}

/** A share with one success and one failure more. @param trials independent ones */
const guardedShare = (share: number, trials: number): number => (share * trials + 1) / (trials + 2);

function guardedVariance(share: number, trials: number): number {
  const guarded = guardedShare(share, trials);
  return (guarded * (1 - guarded)) / (trials + 2);
}

const squares = (values: Float64Array): number => values.reduce((sum, value) => sum + value ** 2, 0);
