import { describe, expect, it } from 'vitest';
import { LesionlabError } from '../../src/errors.js';
import { evaluatePredictions } from '../../src/evaluation/evaluate.js';
import { perfectConfusionMatrix, rowShares } from '../../src/evaluation/metrics/confusionMatrix.js';
import { predictionsOf, randomPredictions, sevenClasses } from './makePredictions.js';

describe('evaluatePredictions', () => {
  it('has the keys of evaluation.json and survives JSON unchanged', () => {
    const evaluation = evaluatePredictions(randomPredictions(120, 1), { split: 'test', seed: 0, resamples: 50 });
    expect(Object.keys(evaluation)).toEqual([
      'split',
      'images',
      'lesions',
      'classes',
      'accuracy',
      'balancedAccuracy',
      'macroF1',
      'loss',
      'auroc',
      'matthewsCorrelation',
      'brierScore',
      'calibrationError',
      'averagePrecision',
      'perClass',
      'questions',
      'confusionMatrix',
      'calibration',
      'outOfDistribution',
      'intervals',
    ]);
    expect(Object.keys(evaluation.perClass[0])).toEqual([
      'dx',
      'name',
      'support',
      'lesions',
      'recall',
      'precision',
      'specificity',
      'f1',
      'auroc',
      'negativePredictiveValue',
      'averagePrecision',
    ]);
    expect(evaluation.classes).toEqual(sevenClasses.map(({ id }) => id));
    expect(Object.keys(evaluation.auroc.perClass)).toEqual(evaluation.classes);
    expect(JSON.parse(JSON.stringify(evaluation))).toEqual(evaluation);
    expect(evaluation.confusionMatrix.flat().reduce((a, b) => a + b)).toBe(120);
    expect(evaluation.perClass.reduce((sum, { support }) => sum + support, 0)).toBe(120);
    expect(evaluation.perClass.reduce((sum, { lesions }) => sum + lesions, 0)).toBe(evaluation.lesions);
    expect(evaluation.lesions).toBeLessThan(120);
  });

  it('takes the first of equally probable classes', () => {
    const rows = [
      [0.4, 0.4, 0.2],
      [0.2, 0.4, 0.4],
    ];
    const { confusionMatrix } = evaluatePredictions(predictionsOf([1, 1], rows), { split: 'x', seed: 0, resamples: 0 });
    expect(confusionMatrix[1]).toEqual([1, 1, 0]);
  });

  it('clips the probability of the truth at 2.2e-16', () => {
    const { loss } = evaluatePredictions(predictionsOf([1], [[1, 0]]), { split: 'x', seed: 0, resamples: 0 });
    expect(loss).toBeCloseTo(-Math.log(2 ** -52), 9);
  });

  it('refuses what are no probabilities, naming the image', () => {
    for (const row of [
      [Number.NaN, 0.5],
      [-0.1, 1.1],
      [0.5, 0.4],
      [0, 0],
      [Number.POSITIVE_INFINITY, 0],
    ]) {
      const attempt = () => evaluatePredictions(predictionsOf([0, 1], [[0.5, 0.5], row]), { split: 'x', seed: 0 });
      expect(attempt).toThrow(LesionlabError);
      expect(attempt).toThrow(/image 1 /);
    }
  });

  it('refuses nothing at all, labels out of range and lengths that differ', () => {
    const options = { split: 'x', seed: 0 };
    const good = predictionsOf(
      [0, 1],
      [
        [0.5, 0.5],
        [0.1, 0.9],
      ],
    );
    expect(() =>
      evaluatePredictions({ ...predictionsOf([0], [[0.5, 0.5]]), labels: new Int32Array() }, options),
    ).toThrow(/no predictions/);
    expect(() => evaluatePredictions({ ...good, labels: Int32Array.of(0, 2) }, options)).toThrow(
      /labels\[1\]: expected a class index from 0 to 1, found 2/,
    );
    expect(() => evaluatePredictions({ ...good, lesionIds: ['a'] }, options)).toThrow(/1 lesion ids/);
  });

  it('notes classes with few lesions, and gives a single lesion no interval', () => {
    const labels = [0, 0, 1, 1, ...Array(24).fill(2)] as number[];
    const lesionIds = ['one', 'one', 'two', 'three', ...Array.from({ length: 24 }, (_, i) => `more ${i}`)];
    const rows = labels.map((label, i) => [0, 1, 2].map((k) => (k === (i % 5 === 0 ? 2 : label) ? 0.8 : 0.1)));
    const { intervals, perClass } = evaluatePredictions(predictionsOf(labels, rows, { lesionIds }), {
      split: 'x',
      seed: 0,
      resamples: 200,
    });
    expect(perClass.map(({ lesions }) => lesions)).toEqual([1, 2, 24]);
    expect(intervals?.perClass[0].recall).toBeNull();
    expect(intervals?.auroc.perClass.a).toBeNull();
    expect(intervals?.perClass[1].recall).not.toBeNull();
    expect(intervals?.notes).toHaveLength(2);
    expect(intervals?.notes[1]).toContain('2 lesions');
  });
});

describe('confusion matrix as shares', () => {
  it('gives rows that sum to 1, or to 0 without images', () => {
    const matrix = [
      [3, 1],
      [0, 0],
    ];
    expect(rowShares(matrix)).toEqual([
      [0.75, 0.25],
      [0, 0],
    ]);
    expect(perfectConfusionMatrix(matrix)).toEqual([
      [4, 0],
      [0, 0],
    ]);
  });
});
