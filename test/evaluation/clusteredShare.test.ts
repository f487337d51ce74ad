import { describe, expect, it } from 'vitest';
import { tBound } from '../../src/evaluation/distributions/studentT.js';
import {
  clusteredShare,
  clusteredShareInterval,
  meanShareInterval,
} from '../../src/evaluation/metrics/clusteredShare.js';
import { percentileInterval, resampleClusters } from '../../src/evaluation/metrics/intervals.js';
import { scoreInterval, wilsonInterval } from '../../src/evaluation/metrics/wilsonInterval.js';
import { Random } from '../../src/random.js';

/** A share of all images. */
const shareOf = (right: readonly boolean[], clusterOf: readonly number[]) =>
  clusteredShare(
    { images: right.length, clusterOf: Int32Array.from(clusterOf) },
    () => true,
    (i) => right[i],
  );
const eight = [true, true, true, false, true, false, true, true];

describe('clusteredShare', () => {
  it('counts images one by one where each is a cluster of its own', () => {
    const found = shareOf(eight, [...eight.keys()]);
    expect(found).toMatchObject({ share: 0.75, clusters: 8 });
    expect(found.effective).toBeCloseTo(8, 12);
    // Leaving one out takes a degree of freedom.
    expect(found.cautious).toBeCloseTo(7, 12);
    expect(clusteredShareInterval(found, 0.95)).toEqual(scoreInterval(0.75, found.cautious, tBound(0.95, 7)));
  });

  it('counts images that always agree as one', () => {
    const five = eight.flatMap((right) => Array<boolean>(5).fill(right));
    const found = shareOf(
      five,
      five.map((_, i) => Math.floor(i / 5)),
    );
    expect(found.effective).toBeCloseTo(8, 12);
    expect(found.cautious).toBeCloseTo(7, 12);
  });

  it('keeps a width where all are right, and says nothing from a single cluster', () => {
    expect(clusteredShareInterval(shareOf([true, true, true], [0, 1, 1]), 0.95)![0]).toBeLessThan(0.7);
    expect(clusteredShareInterval(shareOf([true, false], [0, 0]), 0.95)).toBeNull();
    expect(clusteredShareInterval(shareOf([true, true], [0, 0]), 0.95)).toEqual(wilsonInterval(1, 1));
    expect(clusteredShareInterval(shareOf([], []), 0.95)).toBeNull();
  });

  it('adds the distances of several shares in squares', () => {
    const [a, b] = [
      shareOf(eight, [...eight.keys()]),
      shareOf([true, false, true, true, false, true], [0, 0, 1, 2, 3, 3]),
    ];
    const [of, other] = [a, b].map((share) => clusteredShareInterval(share, 0.95)!);
    const [low, high] = meanShareInterval([a, b], 0.95)!;
    const mean = (a.share + b.share) / 2;
    expect(low).toBeCloseTo(mean - Math.hypot(a.share - of[0], b.share - other[0]) / 2, 12);
    expect(high).toBeCloseTo(mean + Math.hypot(of[1] - a.share, other[1] - b.share) / 2, 12);
    expect(meanShareInterval([a, shareOf([true, false], [0, 0])], 0.95)).toBeNull();
  });

  it('holds the truth in about 95% of studies of few lesions with many images, where percentiles do not', () => {
    const held = { score: 0, percentile: 0 };
    const studies = 600;
    for (let study = 0; study < studies; study++) {
      const random = new Random(study, 'clustered share');
      const [right, clusterOf]: [boolean[], number[]] = [[], []];
      for (let lesion = 0; lesion < 25; lesion++) {
        const own = random.normal() * Math.SQRT1_2;
        for (let image = random.integer(10); image >= 0; image--) {
          right.push(own + random.normal() * Math.SQRT1_2 < 0.8416212335729143);
          clusterOf.push(lesion);
        }
      }
      const scored = { images: right.length, clusters: 25, clusterOf: Int32Array.from(clusterOf) };
      const holds = ([low, high]: readonly [number, number]) => Number(low <= 0.8 && 0.8 <= high);
      held.score += holds(clusteredShareInterval(shareOf(right, clusterOf), 0.95)!);
      const drawn = Float64Array.from({ length: 200 }, () => {
        const weights = resampleClusters(scored, random);
        const sum = (of: (i: number) => number) => weights.reduce((total, w, i) => total + w * of(i), 0);
        return sum((i) => Number(right[i])) / sum(() => 1);
      });
      held.percentile += holds(percentileInterval(drawn, 0.95)!);
    }
    expect(held.score / studies).toBeGreaterThan(0.93);
    expect(held.score / studies).toBeLessThan(0.975);
    expect(held.percentile / studies).toBeLessThan(0.92);
  });
});
