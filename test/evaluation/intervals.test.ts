import { describe, expect, it } from 'vitest';
import { evaluatePredictions } from '../../src/evaluation/evaluate.js';
import { percentileInterval, resampleClusters } from '../../src/evaluation/metrics/intervals.js';
import { scoreImages } from '../../src/evaluation/metrics/scoredImages.js';
import { Random } from '../../src/random.js';
import { predictionsOf, randomPredictions } from './makePredictions.js';

const options = { split: 'test', seed: 3, resamples: 400 };

describe('intervals', () => {
  it('hold their values, within the possible range', () => {
    const evaluation = evaluatePredictions(randomPredictions(600, 5), options);
    const { intervals } = evaluation;
    if (!intervals) throw new Error('expected intervals');
    for (const name of ['accuracy', 'balancedAccuracy', 'macroF1', 'loss'] as const) {
      const [low, high] = intervals[name] ?? [Number.NaN, Number.NaN];
      expect(low).toBeLessThan(evaluation[name]);
      expect(high).toBeGreaterThan(evaluation[name]);
      expect(high - low).toBeLessThan(0.3);
    }
    expect(intervals.auroc.macro?.[1]).toBeLessThanOrEqual(1);
    expect(intervals.perClass.map(({ dx }) => dx)).toEqual(evaluation.classes);
    expect(intervals.perClass[5].recall?.[0]).toBeLessThan(evaluation.perClass[5].recall!);
    expect(intervals.method).toMatch(/clustered by lesion/);
  });

  it('come out the same for the same seed, and differ for another', () => {
    const predictions = randomPredictions(200, 5);
    const first = evaluatePredictions(predictions, options);
    expect(evaluatePredictions(predictions, options)).toEqual(first);
    expect(evaluatePredictions(predictions, { ...options, seed: 4 }).intervals?.accuracy).not.toEqual(
      first.intervals?.accuracy,
    );
  });

  it('are as wide as binomial theory says where each image is its own lesion', () => {
    const labels = Array.from({ length: 1000 }, (_, i) => i % 2);
    const rows = labels.map((label, i) => ((i % 10 < 2 ? 1 - label : label) === 0 ? [0.9, 0.1] : [0.1, 0.9]));
    const { accuracy, intervals } = evaluatePredictions(predictionsOf(labels, rows), { ...options, resamples: 2000 });
    expect(accuracy).toBeCloseTo(0.8, 12);
    const halfWidth = 1.96 * Math.sqrt((0.8 * 0.2) / 1000);
    expect(Math.abs((intervals?.accuracy?.[0] ?? 0) - (0.8 - halfWidth))).toBeLessThan(0.004);
    expect(Math.abs((intervals?.accuracy?.[1] ?? 0) - (0.8 + halfWidth))).toBeLessThan(0.004);
  });

  it('widen by the square root of the number of copies of each image in a lesion', () => {
    const labels = Array.from({ length: 400 }, (_, i) => i % 2);
    const rows = labels.map((label, i) => ((i % 10 < 3 ? 1 - label : label) === 0 ? [0.9, 0.1] : [0.1, 0.9]));
    const four = <T>(items: readonly T[]) => items.flatMap((item) => [item, item, item, item]);
    const copies = four(labels);
    const width = (lesionIds: string[]) => {
      const predictions = predictionsOf(copies, four(rows), { lesionIds });
      const [low, high] = evaluatePredictions(predictions, { ...options, resamples: 2000 }).intervals?.accuracy ?? [
        0, 0,
      ];
      return high - low;
    };
    const ratio = width(four(labels.map((_, i) => `lesion ${i}`))) / width(copies.map((_, i) => `lesion ${i}`));
    expect(ratio).toBeGreaterThan(1.8);
    expect(ratio).toBeLessThan(2.2);
  });
});

describe('resampleClusters', () => {
  it('draws as many lesions as there are, all images of a lesion together', () => {
    const scored = scoreImages(randomPredictions(100, 2));
    const weights = resampleClusters(scored, new Random(1));
    const drawn = new Map<number, number>();
    scored.lesionOf.forEach((lesion, i) => {
      expect(drawn.get(lesion) ?? weights[i]).toBe(weights[i]);
      drawn.set(lesion, weights[i]);
    });
    expect([...drawn.values()].reduce((a, b) => a + b)).toBe(scored.lesions);
    expect(Math.max(...weights)).toBeGreaterThan(1);
  });
});

describe('percentileInterval', () => {
  it('interpolates as NumPy does', () => {
    // numpy.percentile([1..5], [2.5, 97.5]) = [1.1, 4.9]
    const [low, high] = percentileInterval(Float64Array.of(5, 3, 1, 2, 4), 0.95) ?? [0, 0];
    expect(low).toBeCloseTo(1.1, 12);
    expect(high).toBeCloseTo(4.9, 12);
  });

  it('leaves out undefined values, unless they are the majority', () => {
    expect(percentileInterval(Float64Array.of(Number.NaN, 1, 1), 0.95)).toEqual([1, 1]);
    expect(percentileInterval(Float64Array.of(Number.NaN, Number.NaN, 1), 0.95)).toBeNull();
  });
});
