import { describe, expect, it } from 'vitest';
import {
  conformalThresholds,
  describeTooFewImages,
  imagesToLeaveOut,
  measureCoverage,
  predictionSets,
  setRules,
  tooFewImages,
} from '../../src/evaluation/certainty/conformal.js';
import { letterClasses, predictionsOf, randomPredictions } from './makePredictions.js';

const twoClasses = (truths: readonly number[]) =>
  predictionsOf(
    truths.map(() => 0),
    truths.map((p) => [p, 1 - p]),
  );

describe('conformal prediction sets', () => {
  it('take the floor(a (n + 1))-th smallest probability of the truth', () => {
    const nine = twoClasses([0.9, 0.1, 0.5, 0.3, 0.7, 0.2, 0.4, 0.6, 0.8]);
    expect(conformalThresholds(nine, 0.9)).toMatchObject({ level: 0.9, images: [9, 0] });
    // a (n + 1) = 1: the smallest; at 80% the second.
    expect(conformalThresholds(nine, 0.9).thresholds[0]).toBeCloseTo(0.1, 6);
    expect(conformalThresholds(nine, 0.8).thresholds[0]).toBeCloseTo(0.2, 6);
    // 0.05 * 10 < 1: too few images to leave the class out; and of the other class there are none.
    expect(conformalThresholds(nine, 0.95).thresholds).toEqual([0, 0]);
  });

  it('say which diagnoses they hold for lack of validation images, and how many it would take', () => {
    expect([0.8, 0.9, 0.95, 0.5, 0.99].map(imagesToLeaveOut)).toEqual([4, 9, 19, 1, 99]);
    for (let images = 0; images < 30; images++) {
      const truths = Array.from({ length: images }, (_, i) => 0.2 + i / 100);
      // Of the one image that the other class has, no level can make a threshold.
      const both = predictionsOf(
        [...truths.map(() => 0), 1],
        [...truths, 0.3].map((p) => [p, 1 - p]),
      );
      for (const level of [0.8, 0.9, 0.95]) {
        const found = conformalThresholds(both, level);
        expect(found.thresholds[0] > 0, `${images} at ${level}`).toBe(images >= imagesToLeaveOut(level));
        expect(tooFewImages(found)).toEqual(images >= imagesToLeaveOut(level) ? [1] : [0, 1]);
      }
    }
    const ids = [{ id: 'nv' }, { id: 'df' }, { id: 'vasc' }];
    const rules = [0.8, 0.9, 0.95].map((level) =>
      setRules({ level, thresholds: [0.3, level < 0.9 ? 0.02 : 0, level < 0.95 ? 0.2 : 0], images: [500, 5, 12] }, ids),
    );
    expect(rules[1]).toEqual({
      level: 0.9,
      imagesNeeded: 9,
      classes: [
        { id: 'nv', images: 500, threshold: 0.3 },
        { id: 'df', images: 5, threshold: null },
        { id: 'vasc', images: 12, threshold: 0.2 },
      ],
    });
    expect(describeTooFewImages(rules)).toBe(
      'In every set however unlikely, for lack of validation images: in sets made for 90%, which take 9, df (5); in sets made for 95%, which take 19, df (5), vasc (12).',
    );
    expect(describeTooFewImages(rules.slice(0, 1))).toBeUndefined();
  });

  it('list classes from the most probable on', () => {
    const sets = predictionSets([0.2, 0.5, 0.3, 0.9, 0.05, 0.05], { thresholds: [0.2, 0.4, 0.25] });
    expect(sets).toEqual([[1, 2, 0], [0]]);
  });

  it('count coverage by class, sizes and empty sets', () => {
    const predictions = predictionsOf(
      [0, 0, 1, 1],
      [
        [0.9, 0.1],
        [0.6, 0.4],
        [0.7, 0.3],
        [0.2, 0.8],
      ],
      { classes: letterClasses(2) },
    );
    const found = measureCoverage(predictions, { level: 0.9, thresholds: [0.65, 0.45], images: [5, 5] });
    // Sets: {a}, none, {a}, {b}.
    expect(found).toEqual({
      level: 0.9,
      coverage: 0.5,
      perClass: [0.5, 0.5],
      meanSize: 0.75,
      single: 0.75,
      empty: 0.25,
      rules: {
        level: 0.9,
        imagesNeeded: 9,
        classes: [
          { id: 'a', images: 5, threshold: null },
          { id: 'b', images: 5, threshold: null },
        ],
      },
    });
  });

  it('cover as promised, each class on its own, on images like those that they were made from', () => {
    const [fitted, fresh] = [randomPredictions(6000, 1), randomPredictions(6000, 2)];
    for (const level of [0.8, 0.9, 0.95]) {
      const { coverage, perClass } = measureCoverage(fresh, conformalThresholds(fitted, level));
      expect(Math.abs(coverage - level)).toBeLessThan(0.03);
      for (const k of [4, 5]) expect(Math.abs(perClass[k]! - level)).toBeLessThan(0.06);
    }
  });
});
