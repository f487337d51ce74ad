import { describe, expect, it } from 'vitest';
import { LesionlabError } from '../../src/errors.js';
import { evaluatePredictions } from '../../src/evaluation/evaluate.js';
import { perfectConfusionMatrix, rowShares } from '../../src/evaluation/metrics/confusionMatrix.js';
import { predictionsOf, randomPredictions, sevenClasses } from './makePredictions.js';

/** Of the seven classes. */
const evaluate = (labels: number[], rows: number[][], resamples = 0) =>
  evaluatePredictions(predictionsOf(labels, rows, { classes: sevenClasses }), { split: 'x', seed: 0, resamples });

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
      'absentClasses',
      'notes',
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
    expect(() => evaluatePredictions({ ...good, lesionIds: ['a'] }, options)).toThrow(
      /lesionIds: expected 2 values, one for each of 2 labels, found 1/,
    );
  });

  it('averages over the classes that are there: a perfect answer on 2 of 7 classes has a macro F1 of 1', () => {
    const certain = (label: number) => sevenClasses.map((_, k) => (k === label ? 0.94 : 0.01));
    const labels = [0, 0, 0, 1, 1];
    const perfect = evaluate(labels, labels.map(certain));
    expect(perfect).toMatchObject({ accuracy: 1, balancedAccuracy: 1, macroF1: 1, auroc: { macro: 1 } });
    expect(perfect.averagePrecision.macro).toBe(1);
    expect(perfect.absentClasses).toEqual(sevenClasses.slice(2).map(({ id }) => id));
    expect(perfect.notes).toEqual(['No images of bkl, df, mel, nv, vasc: means over classes are over the other 2.']);
    for (const { recall, precision, f1, auroc, averagePrecision, specificity } of perfect.perClass.slice(2)) {
      expect([recall, precision, f1, auroc, averagePrecision]).toEqual([null, null, null, null, null]);
      expect(specificity).toBe(1);
    }
    // An image that is taken for an absent class is a mistake of its own class, and of that alone.
    const mistaken = evaluate(labels, [2, 0, 0, 1, 1].map(certain));
    expect(mistaken.macroF1).toBeCloseTo((0.8 + 1) / 2, 12);
    expect(mistaken.balancedAccuracy).toBeCloseTo((2 / 3 + 1) / 2, 12);
    expect(mistaken.perClass[2]).toMatchObject({ recall: null, precision: null, f1: null });
    expect(evaluate([0, 1, 2, 3, 4, 5, 6], [0, 1, 2, 3, 4, 5, 6].map(certain))).toMatchObject({
      absentClasses: [],
      notes: [],
    });
  });

  it('evaluates images of one class: what can be told is told, what needs others is null, with the reason', () => {
    const rows = [4, 4, 4, 5].map((answer) => sevenClasses.map((_, k) => (k === answer ? 0.94 : 0.01)));
    const found = evaluate([4, 4, 4, 4], rows, 200);
    expect(found).toMatchObject({ accuracy: 0.75, balancedAccuracy: 0.75, auroc: { macro: null } });
    expect(found.averagePrecision.macro).toBeNull();
    expect(found.perClass[4]).toMatchObject({ dx: 'mel', support: 4, recall: 0.75, precision: 1, specificity: null });
    expect(found.perClass[4]).toMatchObject({ auroc: null, averagePrecision: null });
    expect(found.confusionMatrix[4]).toEqual([0, 0, 0, 0, 3, 1, 0]);
    expect(found.notes).toEqual([
      expect.stringMatching(/^All images are of one class \(mel\): .*AUROC.*need images of other/),
    ]);
    expect(found.intervals?.auroc.macro).toBeNull();
    expect(
      found.questions.every(
        ({ auroc, sensitivityAt90Specificity }) => auroc === null && sensitivityAt90Specificity === null,
      ),
    ).toBe(true);
    expect(JSON.stringify(found)).not.toContain('NaN');
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
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
