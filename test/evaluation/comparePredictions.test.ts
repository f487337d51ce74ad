import { describe, expect, it } from 'vitest';
import { comparePredictions, mcNemarTest } from '../../src/evaluation/comparison/comparePredictions.js';
import { metrics } from '../../src/evaluation/metrics/metrics.js';
import { scoreImages, WeightedImages } from '../../src/evaluation/metrics/scoredImages.js';
import { takeRows } from '../../src/evaluation/predictions/takeRows.js';
import { withPatients } from '../../src/evaluation/predictions/withPatients.js';
import { predictionsOf, randomPredictions } from './makePredictions.js';

/** Two classes, all images of the first: right where told. */
const answers = (right: readonly boolean[]) =>
  scoreImages(
    predictionsOf(
      right.map(() => 0),
      right.map((r) => (r ? [0.9, 0.1] : [0.1, 0.9])),
    ),
  );

/** `both` right, `first` only, `second` only. */
const pair = (both: number, first: number, second: number) => {
  const repeat = (value: boolean, count: number) => Array.from({ length: count }, () => value);
  return [
    answers([...repeat(true, both + first), ...repeat(false, second)]),
    answers([...repeat(true, both), ...repeat(false, first), ...repeat(true, second)]),
  ] as const;
};

describe('mcNemarTest', () => {
  // scipy.stats.binomtest(min, min + max).pvalue, which is what statsmodels' mcnemar(exact=True) gives.
  it.each([
    [3, 10, 0.09228515625],
    [1, 8, 0.0390625],
    [25, 40, 0.08168153394154003],
    [5, 5, 1],
    [0, 0, 1],
  ])('%i against %i', (first, second, pValue) => {
    const found = mcNemarTest(...pair(7, first, second));
    expect(found).toMatchObject({ onlyFirst: first, onlySecond: second });
    expect(found.pValue).toBeCloseTo(pValue, 9);
  });

  it('does not lose thousands of answers to rounding', () => {
    expect(mcNemarTest(...pair(0, 1500, 1500)).pValue).toBe(1);
    expect(mcNemarTest(...pair(0, 1400, 1600)).pValue).toBeCloseTo(0.000279, 5);
  });
});

describe('comparePredictions', () => {
  const first = randomPredictions(400, 5);
  const other = randomPredictions(400, 5, 3);
  const better = { ...first, probabilities: other.probabilities };

  it('gives both numbers, their difference and its interval', () => {
    const found = comparePredictions(first, better, { seed: 0, resamples: 300 });
    expect(found).toMatchObject({ images: 400, resamples: 300, level: 0.95 });
    for (const { metric, first: a, second: b, difference, interval } of found.metrics) {
      expect(a).toBe(metrics[metric](new WeightedImages(scoreImages(first))));
      expect(difference).toBe(b - a);
      expect(interval![0]).toBeLessThan(interval![1]);
    }
    const { difference, interval } = found.metrics.find(({ metric }) => metric === 'accuracy')!;
    expect(difference).toBeGreaterThan(0);
    expect(interval![0]).toBeGreaterThan(0);
  });

  it('finds no difference of a thing from itself, in whatever order its images are', () => {
    const turned = takeRows(first, first.imageIds.map((_, i) => i).reverse());
    const found = comparePredictions(first, turned, { seed: 0, resamples: 50 });
    for (const { difference, interval } of found.metrics) {
      expect(difference).toBeCloseTo(0, 12);
      expect(interval![0]).toBeCloseTo(0, 12);
    }
    expect(found.mcNemar).toEqual({ onlyFirst: 0, onlySecond: 0, pValue: 1 });
  });

  it('finds no difference of a thing from itself, in whatever order its classes are', () => {
    const width = first.classes.length;
    const order = first.classes.map((_, k) => (k + 2) % width);
    const turned = {
      ...first,
      classes: order.map((place) => first.classes[place]),
      labels: Int32Array.from(first.labels, (label) => order.indexOf(label)),
      probabilities: first.probabilities.map((_, i) => first.probabilities[i - (i % width) + order[i % width]]),
    };
    const { metrics, mcNemar } = comparePredictions(first, turned, { seed: 0, resamples: 5 });
    for (const { difference } of metrics) expect(difference).toBeCloseTo(0, 12);
    expect(mcNemar).toEqual({ onlyFirst: 0, onlySecond: 0, pValue: 1 });
  });

  it('refuses other images, classes and truths', () => {
    const compare = (second: typeof first) => () => comparePredictions(first, second, { seed: 0, resamples: 1 });
    expect(compare(takeRows(first, [0, 1, 2]))).toThrow(expect.objectContaining({ code: 'other-images' }));
    expect(compare(randomPredictions(400, 6))).toThrow(expect.objectContaining({ code: 'other-truths' }));
    const classes = first.classes.map((c) => ({ ...c, id: `${c.id}2` }));
    expect(compare({ ...first, classes })).toThrow(expect.objectContaining({ code: 'other-classes' }));
  });

  it('draws patients where either side knows them: lesions of one patient are no more independent than images of one', () => {
    const patients = first.lesionIds.map((id) => `patient ${Number(id.slice(4)) >> 3}`);
    const known = { ...first, clusterIds: patients };
    const byLesion = comparePredictions(first, better, { resamples: 200 });
    const byPatient = comparePredictions(known, better, { resamples: 200 });
    expect(byLesion.clusters).toEqual({ of: 'lesion', count: byLesion.lesions });
    expect(byPatient.clusters).toEqual({ of: 'patient', count: new Set(patients).size });
    expect(byPatient.metrics.map(({ difference }) => difference)).toEqual(byLesion.metrics.map((m) => m.difference));
    expect(byPatient.metrics[0].interval).not.toEqual(byLesion.metrics[0].interval);
    // The same patients are drawn for both sides, whichever of them names them, and in whatever order.
    const order = first.imageIds.map((_, i) => i).reverse();
    const ofSecond = takeRows({ ...better, clusterIds: patients }, order);
    expect(comparePredictions(first, ofSecond, { resamples: 200 })).toEqual(byPatient);
    const itself = comparePredictions(first, takeRows(known, order), { resamples: 50 });
    for (const { interval } of itself.metrics) expect(interval![1]).toBeCloseTo(0, 12);
  });
});

describe('withPatients', () => {
  const rows = [
    { imageId: 'a1', lesionId: 'a', patientId: 'Ann' },
    { imageId: 'b1', lesionId: 'b', patientId: 'Ann' },
    { imageId: 'c1', lesionId: 'c' },
  ];
  const of = (imageIds: string[], lesionIds = imageIds) =>
    withPatients(
      {
        ...predictionsOf(
          [0, 0, 1],
          [
            [1, 0],
            [1, 0],
            [0, 1],
          ],
          { lesionIds },
        ),
        imageIds,
      },
      rows,
    ).clusterIds;

  it('finds the patients of images, of lesions, and of patients themselves', () => {
    expect(of(['a1', 'b1', 'c1'], ['a', 'b', 'c'])).toEqual(['Ann', 'Ann', 'c']);
    expect(of(['a', 'b', 'c'])).toEqual(['Ann', 'Ann', 'c']);
    expect(of(['Ann', 'Bob', 'c'])).toEqual(['Ann', 'Bob', 'c']);
  });

  it('leaves predictions alone where no patient is known', () => {
    const predictions = randomPredictions(5, 1);
    expect(withPatients(predictions, [{ imageId: 'a', lesionId: 'a' }])).toBe(predictions);
  });
});
