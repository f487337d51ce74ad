import { describe, expect, it } from 'vitest';
import { compareSamples } from '../../src/evaluation/comparison/compareSamples.js';
import { evaluatePredictions } from '../../src/evaluation/evaluate.js';
import { takeRows } from '../../src/evaluation/predictions/takeRows.js';
import { thrown } from '../thrown.js';
import { predictionsOf, randomPredictions } from './makePredictions.js';

/** Images of the class `a`, each a lesion of its own, so many of them called right. */
const answers = (right: number, images: number) =>
  predictionsOf(
    Array.from({ length: images }, () => 0),
    Array.from({ length: images }, (_, i) => (i < right ? [0.9, 0.1] : [0.1, 0.9])),
  );

describe('compareSamples', () => {
  const good = randomPredictions(900, 5, 3);
  const poor = randomPredictions(700, 6, 1);

  it('is external minus internal, with an interval on the side of the difference', () => {
    const worse = compareSamples(good, poor, { seed: 1, resamples: 400 });
    const [internal, external] = [good, poor].map((side) =>
      evaluatePredictions(side, { split: 'test', seed: 0, resamples: 0 }),
    );
    expect(worse.balancedAccuracy.internal).toBeCloseTo(internal.balancedAccuracy, 12);
    expect(worse.balancedAccuracy.external).toBeCloseTo(external.balancedAccuracy, 12);
    expect(worse.macroAuroc.internal).toBeCloseTo(internal.auroc.macro!, 12);
    expect(worse.accuracy.difference).toBeCloseTo(external.accuracy - internal.accuracy, 12);
    for (const { difference, interval } of [worse.balancedAccuracy, worse.accuracy, worse.macroAuroc]) {
      expect(difference).toBeLessThan(0);
      expect(interval![0]).toBeLessThan(difference!);
      expect(interval![1]).toBeGreaterThan(difference!);
      expect(interval![1]).toBeLessThan(0);
    }
    const better = compareSamples(poor, good, { seed: 1, resamples: 400 });
    expect(better.accuracy.difference).toBeCloseTo(-worse.accuracy.difference!, 12);
    expect(better.accuracy.interval![0]).toBeGreaterThan(0);
    expect(worse.internal).toMatchObject({ images: 900 });
    expect(worse.recall.map(({ dx }) => dx)).toEqual(['akiec', 'bcc', 'bkl', 'df', 'mel', 'nv', 'vasc']);
    const nv = worse.recall[5];
    expect(nv.internal).toBe(internal.perClass[5].recall);
    expect([nv.internalLesions, nv.externalLesions]).toEqual([
      internal.perClass[5].lesions,
      external.perClass[5].lesions,
    ]);
  });

  it('does not pair lesions: the same images on both sides have an interval as wide as two samples give', () => {
    const same = compareSamples(answers(160, 200), answers(160, 200), { seed: 1, resamples: 2000 });
    expect(same.accuracy.difference).toBe(0);
    const half = 1.96 * Math.sqrt((2 * 0.8 * 0.2) / 200);
    const [low, high] = same.accuracy.interval!;
    expect(low / -half).toBeCloseTo(1, 0.7);
    expect(high / half).toBeCloseTo(1, 0.7);
  });

  it('resamples lesions, not images', () => {
    const twice = (rows: number) => Array.from({ length: rows * 2 }, (_, i) => i >> 1);
    const wide = takeRows(answers(80, 100), twice(100));
    const single = compareSamples(answers(80, 100), answers(80, 100), { seed: 1, resamples: 1000 });
    const double = compareSamples(wide, wide, { seed: 1, resamples: 1000 });
    expect(double.accuracy.interval).toEqual(single.accuracy.interval);
  });

  // Newcombe 1998, table II, method 10: 10/10 against 0/20, and 0/10 against 0/20.
  it.each([
    [10, 10, 0, 20, 0.6791, 1],
    [0, 10, 0, 20, -0.1611, 0.2775],
  ])('%i of %i against %i of %i is Newcombe’s interval', (right, images, otherRight, otherImages, low, high) => {
    const found = compareSamples(answers(otherRight, otherImages), answers(right, images), { seed: 0, resamples: 50 });
    for (const { interval } of [found.accuracy, found.recall[0]]) {
      expect(interval![0]).toBeCloseTo(low, 4);
      expect(interval![1]).toBeCloseTo(high, 4);
    }
    // A mean over classes has no such rule.
    expect(found.balancedAccuracy.interval).toBeNull();
    expect(found.macroAuroc).toMatchObject({ internal: null, external: null, difference: null, interval: null });
  });

  it('takes means over the classes that both have', () => {
    const rows = [
      [0.8, 0.1, 0.1],
      [0.2, 0.7, 0.1],
      [0.6, 0.2, 0.2],
    ];
    const internal = predictionsOf([0, 1, 2], rows);
    const external = predictionsOf([0, 1, 1], rows);
    const found = compareSamples(internal, external, { seed: 0, resamples: 0 });
    expect(found.classes).toEqual(['a', 'b']);
    // c, which is called a, would lower it to 2/3.
    expect(found.balancedAccuracy).toEqual({ internal: 1, external: 0.75, difference: -0.25, interval: null });
    expect(found.recall.map(({ dx, difference }) => [dx, difference])).toEqual([
      ['a', 0],
      ['b', -0.5],
    ]);
  });

  it('repeats with its seed, and refuses other classes and nothing in common', () => {
    const options = { seed: 3, resamples: 100 };
    expect(compareSamples(good, poor, options)).toEqual(compareSamples(good, poor, options));
    expect(thrown(() => compareSamples(good, answers(1, 2), options))).toMatchObject({ code: 'other-classes' });
    const other = { ...answers(1, 2), labels: Int32Array.of(1, 1) };
    expect(thrown(() => compareSamples(answers(1, 2), other, options))).toMatchObject({ code: 'no-common-class' });
  });
});
