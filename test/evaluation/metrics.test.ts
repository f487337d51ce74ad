import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluatePredictions } from '../../src/evaluation/evaluate.js';
import {
  decisionCurve,
  operatingPoints,
  questionAuroc,
  questionAveragePrecision,
  scoreQuestion,
  sensitivityAtSpecificity,
} from '../../src/evaluation/metrics/binaryQuestion.js';
import { classMetrics, metrics } from '../../src/evaluation/metrics/metrics.js';
import { scoreImages, WeightedImages } from '../../src/evaluation/metrics/scoredImages.js';
import { auroc, rankScores } from '../../src/training/auroc.js';
import { predictionsOf } from './makePredictions.js';

interface Case {
  name: string;
  labels: number[];
  probabilities: number[][];
  weights: number[] | null;
  accuracy: number;
  balancedAccuracy: number;
  macroF1: number;
  loss: number;
  macroAuroc: number | null;
  auroc: (number | null)[];
  recall: number[];
  precision: number[];
  f1: number[];
  specificity: number[];
  matthewsCorrelation: number;
  brierScore: number;
  calibrationError: number;
  averagePrecision: (number | null)[];
  negativePredictiveValue: number[];
  question: {
    positive: number[];
    auroc: number;
    averagePrecision: number;
    sensitivityAt90Specificity: number;
    sensitivityAt95Specificity: number;
    netBenefit: number[];
  } | null;
  confusionMatrix: number[][];
}

const cases: Case[] = JSON.parse(readFileSync(new URL('../fixtures/evaluation/metrics.json', import.meta.url), 'utf8'));

const close = (found: number, expected: number | null) => {
  if (expected === null) expect(found).toBeNaN();
  else expect(Math.abs(found - expected)).toBeLessThan(1e-9);
};

describe('questions with two answers equal scikit-learn to 1e-9', () => {
  for (const { name, labels, probabilities, weights: given, question } of cases) {
    it(name, () => {
      const { classes, ...predictions } = predictionsOf(labels, probabilities);
      const scored = scoreImages({ classes, ...predictions });
      const weights = Float64Array.from(given ?? labels.map(() => 1));
      const positive = question?.positive ?? (classes.length < 5 ? [1] : [0, 1, 4]);
      const asked = { id: 'yes', title: 'Yes', classes: positive.map((k) => classes[k].id) };
      const answers = scoreQuestion(scored, classes, asked);
      if (question === null) {
        expect(sensitivityAtSpecificity(answers, weights, 0.9)).toBeNaN();
        expect(operatingPoints(answers, weights)).toEqual([]);
        return;
      }
      close(questionAuroc(answers, weights), question.auroc);
      close(questionAveragePrecision(answers, weights), question.averagePrecision);
      close(sensitivityAtSpecificity(answers, weights, 0.9), question.sensitivityAt90Specificity);
      close(sensitivityAtSpecificity(answers, weights, 0.95), question.sensitivityAt95Specificity);
      const curve = decisionCurve(answers, weights, [0.05, 0.2, 0.5]);
      for (const [i, { model }] of curve.entries()) close(model, question.netBenefit[i]);
      const points = operatingPoints(answers, weights);
      expect(points[0]).toMatchObject({ sensitivity: 0, specificity: 1, precision: null });
      expect(points.at(-1)!.sensitivity).toBeCloseTo(1, 12);
      expect(points.at(-1)!.specificity).toBeCloseTo(0, 12);
    });
  }
});

describe('metrics equal scikit-learn to 1e-9', () => {
  for (const expected of cases) {
    it(expected.name, () => {
      const scored = scoreImages(predictionsOf(expected.labels, expected.probabilities));
      const weights = expected.weights ? Float64Array.from(expected.weights) : undefined;
      const images = new WeightedImages(scored, weights);
      close(metrics.accuracy(images), expected.accuracy);
      close(metrics.balancedAccuracy(images), expected.balancedAccuracy);
      close(metrics.macroF1(images), expected.macroF1);
      close(metrics.loss(images), expected.loss);
      close(metrics.macroAuroc(images), expected.macroAuroc);
      close(metrics.matthewsCorrelation(images), expected.matthewsCorrelation);
      close(metrics.brierScore(images), expected.brierScore);
      close(metrics.calibrationError(images), expected.calibrationError);
      const defined = expected.averagePrecision.filter((value) => value !== null);
      const mean = defined.length > 0 ? defined.reduce((a, b) => a + b, 0) / defined.length : null;
      close(metrics.macroAveragePrecision(images), mean);
      expect([...images.confusion]).toEqual(expected.confusionMatrix.flat());
      for (let k = 0; k < scored.classes; k++) {
        close(classMetrics.auroc(images, k), expected.auroc[k]);
        // scikit-learn says 0 (zero_division) where the functions say NaN: nothing is divided by nothing.
        close(classMetrics.recall(images, k) || 0, expected.recall[k]);
        close(classMetrics.precision(images, k) || 0, expected.precision[k]);
        close(classMetrics.f1(images, k) || 0, expected.f1[k]);
        close(classMetrics.specificity(images, k) || 0, expected.specificity[k]);
        close(classMetrics.negativePredictiveValue(images, k) || 0, expected.negativePredictiveValue[k]);
        close(classMetrics.averagePrecision(images, k), expected.averagePrecision[k]);
      }
      if (expected.weights) return;
      const evaluation = evaluatePredictions(predictionsOf(expected.labels, expected.probabilities), {
        split: 'test',
        seed: 0,
        resamples: 0,
      });
      expect(evaluation.confusionMatrix).toEqual(expected.confusionMatrix);
      evaluation.perClass.forEach((found, k) => {
        const absent = found.support === 0;
        for (const name of ['recall', 'precision', 'f1'] as const) expect(found[name] === null, name).toBe(absent);
        expect(found.specificity === null).toBe(found.support === expected.labels.length);
        // A number that is null is none of scikit-learn's zeros.
        for (const name of ['recall', 'precision', 'f1', 'specificity'] as const)
          if (found[name] !== null) close(found[name], expected[name][k]);
        if (expected.auroc[k] === null) expect(found.auroc).toBeNull();
      });
    });
  }
});

const scoresAndLabels = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 6 }), fc.boolean(), fc.integer({ min: 0, max: 3 })),
  {
    minLength: 2,
    maxLength: 40,
  },
);

describe('auroc', () => {
  it('counts won pairs, ties half', () => {
    fc.assert(
      fc.property(scoresAndLabels, (rows) => {
        let won = 0;
        let pairs = 0;
        for (const [score, positive, count] of rows) {
          for (const [otherScore, otherPositive, otherCount] of rows) {
            if (!positive || otherPositive) continue;
            pairs += count * otherCount;
            won += count * otherCount * (score > otherScore ? 1 : score === otherScore ? 0.5 : 0);
          }
        }
        const found = auroc(
          rankScores(rows.map(([score]) => score)),
          rows.map(([, positive]) => (positive ? 1 : 0)),
          1,
          rows.map(([, , count]) => count),
        );
        if (pairs === 0) expect(found).toBeNaN();
        else expect(found).toBeCloseTo(won / pairs, 12);
      }),
    );
  });

  it('is mirrored when the scores are, and blind to their scale', () => {
    fc.assert(
      fc.property(scoresAndLabels, (rows) => {
        const labels = rows.map(([, positive]) => (positive ? 1 : 0));
        const scores = rows.map(([score]) => score);
        const area = auroc(rankScores(scores), labels, 1);
        if (Number.isNaN(area)) return;
        expect(auroc(rankScores(scores.map((score) => -score)), labels, 1)).toBeCloseTo(1 - area, 12);
        expect(auroc(rankScores(scores.map((score) => Math.exp(score))), labels, 1)).toBe(area);
      }),
    );
  });
});

describe('weights', () => {
  it('count an image as often as a copy of it would', () => {
    const labels = [0, 1, 2, 1, 0];
    const rows = [
      [0.6, 0.3, 0.1],
      [0.5, 0.3, 0.2],
      [0.1, 0.3, 0.6],
      [0.2, 0.7, 0.1],
      [0.3, 0.3, 0.4],
    ];
    const counts = [2, 1, 0, 3, 1];
    const copies = counts.flatMap((count, i) => Array(count).fill(i) as number[]);
    const weighted = new WeightedImages(scoreImages(predictionsOf(labels, rows)), Float64Array.from(counts));
    const copied = new WeightedImages(
      scoreImages(
        predictionsOf(
          copies.map((i) => labels[i]),
          copies.map((i) => rows[i]),
        ),
      ),
    );
    for (const metric of Object.values(metrics)) expect(metric(weighted)).toBeCloseTo(metric(copied), 12);
    for (const metric of Object.values(classMetrics)) {
      for (let k = 0; k < 2; k++) expect(metric(weighted, k)).toBeCloseTo(metric(copied, k), 12);
    }
  });
});
