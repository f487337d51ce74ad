import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  accuracy,
  analyseErrors,
  auroc,
  averagePrecision,
  balancedAccuracy,
  bootstrapIntervals,
  brierScore,
  comparePredictions,
  confusionMatrix,
  evaluatePredictions,
  expectedCalibrationError,
  fitTemperature,
  macroAuroc,
  macroF1,
  mostProbable,
  recall,
  wilsonInterval,
} from '../../src/evaluation/index.js';
import { thrown } from '../thrown.js';
import { predictionsOf } from './makePredictions.js';

interface Case {
  name: string;
  labels: number[];
  probabilities: number[][];
  weights: number[] | null;
  accuracy: number;
  balancedAccuracy: number;
  macroF1: number;
  macroAuroc: number | null;
  auroc: (number | null)[];
  recall: number[];
  brierScore: number;
  calibrationError: number;
  averagePrecision: (number | null)[];
  confusionMatrix: number[][];
}

const fixture = new URL('../fixtures/evaluation/metrics.json', import.meta.url);
const cases: Case[] = JSON.parse(readFileSync(fixture, 'utf8')).filter(({ weights }: Case) => !weights);

const close = (found: number | null, expected: number | null) => {
  if (expected === null) expect(found === null || Number.isNaN(found)).toBe(true);
  else expect(Math.abs(found! - expected)).toBeLessThan(1e-9);
};

const arrays = {
  labels: [0, 1, 1, 0, 1, 1],
  probabilities: [
    [0.9, 0.1],
    [0.2, 0.8],
    [0.6, 0.4],
    [0.7, 0.3],
    [0.1, 0.9],
    [0.35, 0.65],
  ],
};

describe('metrics of plain arrays equal scikit-learn to 1e-9', () => {
  it.each(cases)('$name', (expected) => {
    const { labels, probabilities } = expected;
    const images = { labels, probabilities };
    close(accuracy(images), expected.accuracy);
    close(balancedAccuracy(images), expected.balancedAccuracy);
    close(macroF1(images), expected.macroF1);
    close(macroAuroc(images), expected.macroAuroc);
    close(brierScore(images), expected.brierScore);
    close(expectedCalibrationError(images), expected.calibrationError);
    const rows = probabilities.flat();
    const classes = probabilities[0].length;
    expect([...confusionMatrix(labels, mostProbable(rows, classes), classes)]).toEqual(expected.confusionMatrix.flat());
    for (let k = 0; k < classes; k++) {
      // As scikit-learn was given them: rows that sum to 1 in double precision.
      const scores = probabilities.map((row) => row[k] / row.reduce((sum, p) => sum + p, 0));
      close(auroc(scores, labels, k), expected.auroc[k]);
      close(averagePrecision(scores, labels, k), expected.averagePrecision[k]);
      close(recall(images, k) || 0, expected.recall[k]);
    }
    const evaluation = evaluatePredictions(images, { resamples: 0 });
    expect(evaluation.confusionMatrix).toEqual(expected.confusionMatrix);
    close(evaluation.auroc.macro, expected.macroAuroc);
    close(evaluation.balancedAccuracy, expected.balancedAccuracy);
  });
});

describe('evaluatePredictions of plain arrays', () => {
  it('gives what it gives for predictions of a run, but for a name that nobody gave', () => {
    const lesionIds = ['a', 'b', 'b', 'c', 'd', 'd'];
    const options = { seed: 3, resamples: 200 };
    const { split, ...named } = evaluatePredictions(
      {
        ...predictionsOf(arrays.labels, arrays.probabilities, { lesionIds }),
        probabilities: Float64Array.from(arrays.probabilities.flat()),
      },
      { ...options, split: 'test' },
    );
    expect(split).toBe('test');
    const found = evaluatePredictions({ ...arrays, classes: ['a', 'b'], groups: lesionIds }, options);
    expect(found).toEqual(named);
    expect('split' in found).toBe(false);
    expect(found).toMatchObject({ images: 6, lesions: 4, accuracy: 5 / 6 });
    expect(JSON.stringify(found)).not.toContain('undefined');
  });

  it('takes rows, flat arrays of either precision, and ids for labels', () => {
    const flat = arrays.probabilities.flat();
    const whole = evaluatePredictions(arrays, { resamples: 50 });
    for (const probabilities of [
      flat,
      Float64Array.from(flat),
      arrays.probabilities.map((row) => Float64Array.from(row)),
    ])
      expect(evaluatePredictions({ ...arrays, probabilities }, { resamples: 50 })).toEqual(whole);
    const single = evaluatePredictions({ ...arrays, probabilities: Float32Array.from(flat) }, { resamples: 0 });
    expect(single.loss).toBeCloseTo(whole.loss, 6);
    const classes = ['nv', 'mel'];
    const named = evaluatePredictions(
      { ...arrays, labels: arrays.labels.map((k) => classes[k]), classes },
      { resamples: 0 },
    );
    expect(named.classes).toEqual(classes);
    expect(named.confusionMatrix).toEqual(whole.confusionMatrix);
    expect(whole.classes).toEqual(['0', '1']);
  });

  it('keeps images of a group together in intervals, and leaves each image alone where there are no groups', () => {
    const many = Array.from({ length: 40 }, (_, i) => i);
    const labels = many.map((i) => i % 2);
    // The first ten are wrong, all others right.
    const probabilities = many.map((i) => ((labels[i] === 1) === i >= 10 ? [0.2, 0.8] : [0.8, 0.2]));
    const width = (groups?: number[]) => {
      const { accuracy, intervals } = evaluatePredictions({ labels, probabilities, groups }, { resamples: 400 });
      expect(accuracy).toBe(0.75);
      return intervals!.accuracy![1] - intervals!.accuracy![0];
    };
    const alone = width();
    expect(width(many)).toBe(alone);
    // Four lesions of ten images each, one of them wrong.
    expect(width(many.map((i) => Math.floor(i / 10)))).toBeGreaterThan(2 * alone);
  });

  it('speaks of lesions only where it knows of some', () => {
    const images = evaluatePredictions(arrays, { resamples: 20 }).intervals!;
    expect(images.method).toContain('nothing says which images are of one lesion');
    expect(images.notes[0]).toBe('0: only 2 images, so its numbers and their intervals are rough.');
    const groups = ['a', 'b', 'b', 'c', 'd', 'd'];
    const lesions = evaluatePredictions({ ...arrays, groups }, { resamples: 20 }).intervals!;
    expect(lesions.method).toContain('clustered by lesion');
    expect(lesions.notes[0]).toBe('0: only 2 lesions, so its numbers and their intervals are rough.');
  });

  it('keeps images of a lesion together, too, where predictions have lost the types of their arrays', () => {
    const lesionIds = ['a', 'b', 'b', 'c', 'd', 'd'];
    const found = evaluatePredictions({ ...arrays, lesionIds } as Parameters<typeof evaluatePredictions>[0], {
      resamples: 20,
    });
    expect(found.lesions).toBe(4);
    expect(found.intervals).toEqual(evaluatePredictions({ ...arrays, groups: lesionIds }, { resamples: 20 }).intervals);
  });

  it('takes a level, and Wilson’s interval follows it', () => {
    const right = {
      labels: [0, 1, 0, 1],
      probabilities: arrays.labels.slice(0, 4).map((_, i) => (i % 2 ? [0.2, 0.8] : [0.8, 0.2])),
    };
    const at = (level: number) => evaluatePredictions(right, { resamples: 50, level }).intervals!;
    expect(at(0.95).accuracy).toEqual(wilsonInterval(1, 4));
    expect(at(0.8).accuracy).toEqual(wilsonInterval(1, 4, 0.8));
    expect(at(0.8).method).toContain('80% of the resamples');
    // Wilson's formula in Python, with statistics.NormalDist().inv_cdf for the bound.
    expect(wilsonInterval(0.3, 10, 0.95)[0]).toBeCloseTo(0.10779126740630104, 12);
    expect(wilsonInterval(0.3, 10, 0.9)[0]).toBeCloseTo(0.12687658390319792, 12);
    expect(wilsonInterval(0.3, 10, 0.99)[1]).toBeCloseTo(0.6799753207988973, 12);
  });

  it('lets everything else that takes predictions take arrays', () => {
    const better = { ...arrays, probabilities: arrays.labels.map((k) => (k ? [0.1, 0.9] : [0.9, 0.1])) };
    const compared = comparePredictions(arrays, better, { resamples: 50 });
    expect(compared.metrics.find(({ metric }) => metric === 'accuracy')!.difference).toBeCloseTo(1 / 6, 12);
    expect(fitTemperature(arrays).images).toBe(6);
    expect(analyseErrors(arrays).mistakes.map(({ imageId }) => imageId)).toEqual(['2']);
    const { metrics } = bootstrapIntervals(arrays, { metrics: { accuracy, balancedAccuracy }, resamples: 100 });
    expect(metrics.accuracy![0]).toBeLessThan(5 / 6);
    expect(metrics.accuracy![1]).toBeGreaterThan(5 / 6);
  });

  it('says which image is wrong, and how', () => {
    const first = (given: object) => thrown(() => evaluatePredictions({ ...arrays, ...given })).message;
    expect(first({ labels: [0, 1, 0.5, 0, 1, 1] })).toBe('labels[2]: expected a class index from 0 to 1, found 0.5.');
    expect(
      first({
        labels: ['nv', 'mel'],
        probabilities: [
          [1, 0],
          [0, 1],
        ],
        classes: ['nv', 'bkl'],
      }),
    ).toBe('labels[1]: expected a class index, or one of nv, bkl, found "mel".');
    expect(first({ probabilities: [[0.9, 0.2], ...arrays.probabilities.slice(1)] })).toBe(
      'probabilities of image 0: expected numbers from 0 to 1 that sum to 1, found 0.9, 0.2.',
    );
    expect(first({ groups: ['a'] })).toBe('groups: expected 6 values, one for each of 6 images, found 1.');
    expect(thrown(() => accuracy({ labels: [0, 0], probabilities: [0.5, 0.5] })).hint).toContain('1 - p and p');
  });
});
