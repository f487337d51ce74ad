import { describe, expect, it } from 'vitest';
import { tBound } from '../../../src/evaluation/distributions/studentT.js';
import {
  binaryCalibration,
  chooseThreshold,
  judge,
  predictiveValues,
  resultAt,
  scoreImages,
  scoreQuestion,
  smoothCalibration,
} from '../../../src/evaluation/index.js';
import reference from '../../fixtures/evaluation/judging.json' with { type: 'json' };

const { probabilities, truths, lesions } = reference;
const arrays = {
  labels: truths,
  probabilities: probabilities.map((p) => [1 - p, p]),
  groups: lesions,
  classes: [
    { id: 'no', name: 'No', positive: false },
    { id: 'yes', name: 'Yes', positive: true },
  ],
};
const quick = { resamples: 0 };

describe('judging agrees with statsmodels and scikit-learn', () => {
  it('calibration intercept, slope, observed over expected, weighted too', () => {
    for (const [found, wanted] of [
      [binaryCalibration(probabilities, truths), reference.calibration],
      [binaryCalibration(probabilities, truths, reference.weights), reference.weighted],
    ] as const)
      for (const name of ['intercept', 'slope', 'observedOverExpected'] as const)
        expect(found[name]).toBeCloseTo(wanted[name], 9);
  });

  it('the smooth curve', () => {
    const curve = smoothCalibration(probabilities, truths);
    expect(curve.map(({ probability }) => probability)).toHaveLength(reference.curve.grid.length);
    for (const [i, { probability, observed }] of curve.entries()) {
      expect(probability).toBeCloseTo(reference.curve.grid[i], 12);
      expect(observed).toBeCloseTo(reference.curve.observed[i], 9);
    }
  });

  it('the band of the smooth curve: the sandwich of clusters of statsmodels’ WLS, with fewer degrees of freedom', () => {
    const x = [0.05, 0.1, 0.15, 0.2, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
    const y = [0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 1];
    const clusterOf = [0, 0, 1, 1, 2, 2, 3, 4, 5, 5, 6, 7];
    const curve = smoothCalibration(x, y, { share: 1, points: 3, band: { clusterOf, level: 0.95 } });
    // WLS(...).fit(cov_type='cluster', cov_kwds={'groups': ..., 'use_correction': False}) with tricube weights: intercept, error, clusters with a weight.
    const wanted = [
      [0.16844187473545183, 0.17450547610433487, 7],
      [0.5023524394737984, 0.1350271693080572, 7],
      [1.0226722278574092, 0.05422906135081891, 8],
    ];
    for (const [i, [value, error, clusters]] of wanted.entries()) {
      expect(curve[i].observed).toBeCloseTo(value, 9);
      const half = tBound(0.95, clusters - 2) * error * Math.sqrt(clusters / (clusters - 2));
      expect(curve[i].interval![0]).toBeCloseTo(value - half, 8);
      expect(curve[i].interval![1]).toBeCloseTo(value + half, 8);
    }
    expect(smoothCalibration(x, y, { points: 3 })[0]).not.toHaveProperty('interval');
    // Two clusters tell of no spread.
    const two = clusterOf.map((c) => Number(c > 3));
    expect(smoothCalibration(x, y, { points: 2, band: { clusterOf: two, level: 0.95 } })[0].interval).toBeNull();
  });

  it('thresholds for a sensitivity or a specificity, with what was reached', () => {
    const scored = scoreImages(arrays);
    const question = scoreQuestion(scored, arrays.classes, { id: 'positive', title: 'Yes', classes: ['yes'] });
    const once = new Float64Array(scored.images).fill(1);
    for (const { reach, value, threshold, sensitivity, specificity } of reference.points) {
      const found = chooseThreshold(question, once, { reach: reach as 'specificity', value });
      expect(found).toBeCloseTo(threshold, 12);
      const result = resultAt(question, once, found);
      expect(result.sensitivity).toBeCloseTo(sensitivity, 12);
      expect(result.specificity).toBeCloseTo(specificity, 12);
    }
    const { judgement } = judge(arrays, quick);
    expect(
      judgement.questions[0].points
        .slice(1)
        .map(({ kind, sensitivity, specificity }) => [kind, sensitivity, specificity]),
    ).toEqual(
      reference.points.map(({ sensitivity, specificity }) => [
        'descriptive',
        expect.closeTo(sensitivity, 12),
        expect.closeTo(specificity, 12),
      ]),
    );
  });

  it('predictive values, with as many independent images as lesions leave', () => {
    for (const { se, sp, n1, n0, prevalence, ...wanted } of reference.predictiveValues) {
      const found = predictiveValues({ sensitivity: se, specificity: sp, positives: n1, negatives: n0, prevalence });
      expect(found.adjusted).toBe(false);
      expect(found.positive).toBeCloseTo(wanted.positive, 12);
      expect(found.negative).toBeCloseTo(wanted.negative, 12);
      for (const end of [0, 1]) {
        expect(found.positiveInterval[end]).toBeCloseTo(wanted.positiveInterval[end], 9);
        expect(found.negativeInterval[end]).toBeCloseTo(wanted.negativeInterval[end], 9);
      }
    }
    const { sensitivity, specificity } = reference.sides;
    const [own] = judge(arrays, { ...quick, prevalence: 0.1 }).judgement.questions[0].points;
    const wanted = predictiveValues({
      sensitivity: sensitivity.share,
      specificity: specificity.share,
      positives: sensitivity.effective,
      negatives: specificity.effective,
      prevalence: 0.1,
    });
    expect(own.stated?.positive).toBeCloseTo(wanted.positive, 9);
    for (const end of [0, 1]) expect(own.stated?.positiveInterval[end]).toBeCloseTo(wanted.positiveInterval[end], 9);
  });

  it('help by half of the bound squared where a count is 0', () => {
    const found = predictiveValues({
      sensitivity: 1,
      specificity: 0.9,
      positives: 20,
      negatives: 100,
      prevalence: 0.1,
    });
    expect(found.adjusted).toBe(true);
    expect(found.negative).toBe(1);
    expect(found.negativeInterval[0]).toBeGreaterThan(0.9);
    expect(found.negativeInterval[1]).toBeLessThan(1);
  });

  it.each(['mean', 'max', 'median'] as const)('lesions joined by %s', (join) => {
    const found = judge(arrays, { ...quick, unit: 'lesion', join });
    const wanted = reference.units[join];
    expect(found.auroc.perClass.yes).toBeCloseTo(wanted.auroc, 12);
    expect(found.accuracy).toBeCloseTo(wanted.accuracy, 12);
    expect(found.balancedAccuracy).toBeCloseTo(wanted.balancedAccuracy, 12);
    expect(found.images).toBe(90);
  });

  it('missing answers at worst and at best', () => {
    const kept = truths.map((_, i) => i).filter((i) => !reference.gone.includes(i));
    const { judgement } = judge(
      {
        ...arrays,
        labels: kept.map((i) => truths[i]),
        probabilities: kept.map((i) => arrays.probabilities[i]),
        groups: kept.map((i) => lesions[i]),
      },
      { ...quick, missing: { labels: reference.gone.map((i) => truths[i]) } },
    );
    for (const bound of ['scored', 'worst', 'best'] as const) {
      expect(judgement.missing?.accuracy[bound]).toBeCloseTo(reference.bounds[bound].accuracy, 12);
      expect(judgement.missing?.perClass[1].auroc[bound]).toBeCloseTo(reference.bounds[bound].auroc, 12);
    }
    expect(judgement.flow).toMatchObject({ images: truths.length, missing: 3, scoredImages: truths.length - 3 });
  });
});
