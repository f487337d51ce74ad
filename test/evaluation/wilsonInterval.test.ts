import { describe, expect, it } from 'vitest';
import { evaluatePredictions } from '../../src/evaluation/evaluate.js';
import { wilsonInterval } from '../../src/evaluation/metrics/wilsonInterval.js';
import { predictionsOf } from './makePredictions.js';

describe('wilsonInterval', () => {
  it('is n / (n + z²) to 1 where all trials succeeded, and its mirror image where none did', () => {
    expect(wilsonInterval(1, 2)[0]).toBeCloseTo(2 / (2 + 1.959964 ** 2), 6);
    expect(wilsonInterval(1, 2)[1]).toBe(1);
    expect(wilsonInterval(0, 2)).toEqual([0, expect.closeTo(1 - 2 / (2 + 1.959964 ** 2), 6)]);
  });

  it('agrees with the published value for 15 of 148', () => {
    // Newcombe 1998 (Statistics in Medicine 17), table I, method 3: 15/148 gives 0.0624 to 0.1605.
    const [low, high] = wilsonInterval(15 / 148, 148);
    expect(low).toBeCloseTo(0.0624, 4);
    expect(high).toBeCloseTo(0.1605, 4);
  });
});

describe('intervals without spread', () => {
  // Ten lesions of class 0 with an image each, two of class 1 with three images each; all recognised.
  const labels = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1];
  const lesionIds = labels.map((label, i) => (label === 0 ? `a${i}` : `b${i % 2}`));
  const right = labels.map((label) => (label === 0 ? [0.9, 0.1] : [0.1, 0.9]));
  const { intervals } = evaluatePredictions(predictionsOf(labels, right, { lesionIds }), {
    split: 'test',
    seed: 1,
    resamples: 200,
  });

  it('are Wilson’s for shares, by the lesions behind each', () => {
    expect(intervals?.perClass[1].recall).toEqual(wilsonInterval(1, 2));
    expect(intervals?.perClass[1].precision).toEqual(wilsonInterval(1, 2));
    expect(intervals?.perClass[1].specificity).toEqual(wilsonInterval(1, 10));
    expect(intervals?.perClass[0].recall).toEqual(wilsonInterval(1, 10));
    expect(intervals?.accuracy).toEqual(wilsonInterval(1, 12));
    expect(intervals?.method).toMatch(/Wilson score interval/);
  });

  it('are left out for other numbers', () => {
    expect(intervals?.perClass[1]).toMatchObject({ f1: null, auroc: null });
    expect(intervals).toMatchObject({ balancedAccuracy: null, auroc: { macro: null } });
  });

  it('count the lesions answered with a class for its precision', () => {
    // One image alone is called class 1, rightly: its precision rests on a single lesion.
    const answers = labels.map((_, i) => (i === 10 ? [0.1, 0.9] : [0.9, 0.1]));
    const found = evaluatePredictions(predictionsOf(labels, answers, { lesionIds }), {
      split: 'test',
      seed: 1,
      resamples: 200,
    });
    expect(found.perClass[1].precision).toBe(1);
    expect(found.intervals?.perClass[1].precision).toEqual(wilsonInterval(1, 1));
  });
});
