import { tBound } from '../distributions/studentT.js';
import type { Interval } from './intervals.js';
import type { ScoredImages } from './scoredImages.js';
import { scoreInterval, wilsonInterval } from './wilsonInterval.js';

/** A share of images that come in clusters, and how many independent images it is worth. */
export interface ClusteredShare {
  /** NaN where it is over none. */
  readonly share: number;
  /** Clusters behind it. */
  readonly clusters: number;
  /** By the variance that clusters give it (the ratio of sums, linearised), or the clusters themselves where there is none. */
  readonly effective: number;
  /** The same by leaving out one cluster at a time (CR3 of MacKinnon and White 1985): fewer, and less narrow with few clusters. */
  readonly cautious: number;
}

/** @param over whether an image belongs to the share @param isRight whether it counts */
export function clusteredShare(
  { clusterOf, images }: Pick<ScoredImages, 'clusterOf' | 'images'>,
  over: (image: number) => boolean,
  isRight: (image: number) => boolean,
): ClusteredShare {
  let [count, right] = [0, 0];
  for (let i = 0; i < images; i++) {
    if (!over(i)) continue;
    count += 1;
    right += Number(isRight(i));
  }
  const share = right / count;
  const residuals = new Map<number, { sum: number; images: number }>();
  for (let i = 0; i < images; i++) {
    if (!over(i)) continue;
    const own = residuals.get(clusterOf[i]) ?? { sum: 0, images: 0 };
    residuals.set(clusterOf[i], { sum: own.sum + Number(isRight(i)) - share, images: own.images + 1 });
  }
  const clusters = residuals.size;
  const trials = (variance: number) => (variance > 1e-15 ? (share * (1 - share)) / variance : clusters);
  let [linear, left] = [0, 0];
  for (const own of residuals.values()) {
    linear += (own.sum / count) ** 2;
    left += (own.sum / (count - own.images)) ** 2;
  }
  return { share, clusters, effective: trials(linear), cautious: trials((left * (clusters - 1)) / clusters) };
}

/**
 * The score interval of a share on as many trials as leave-one-cluster-out says, with Student's t: percentile intervals are too narrow where
 * few clusters are behind it.
 * @returns null where a single cluster tells of no spread
 */
export function clusteredShareInterval({ share, clusters, cautious }: ClusteredShare, level: number): Interval {
  if (clusters > 1) return scoreInterval(share, cautious, tBound(level, clusters - 1));
  return clusters === 1 && (share === 0 || share === 1) ? wilsonInterval(share, 1, level) : null;
}

/**
 * The interval of the mean of shares that rest on different clusters, out of theirs: distances to each end are squared and added (Newcombe 1998; Zou
 * and Donner, Stat Med 27 (2008) 1693-1702).
 * @returns null where one of them has none
 */
export function meanShareInterval(shares: readonly ClusteredShare[], level: number): Interval {
  const count = shares.length;
  let [mean, below, above] = [0, 0, 0];
  for (const own of shares) {
    const interval = clusteredShareInterval(own, level);
    if (!interval) return null;
    mean += own.share / count;
    below += (own.share - interval[0]) ** 2;
    above += (interval[1] - own.share) ** 2;
  }
  return count === 0 ? null : [mean - Math.sqrt(below) / count, mean + Math.sqrt(above) / count];
}
