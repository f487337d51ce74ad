import { describe, expect, it } from 'vitest';
import { measureCoverage } from '../../src/evaluation/certainty/conformal.js';
import { restrictCalibration } from '../../src/evaluation/certainty/restrictCalibration.js';
import { scaleTemperature } from '../../src/evaluation/certainty/temperature.js';
import { presentClasses, restrictPredictions } from '../../src/evaluation/predictions/restrictPredictions.js';
import { thrown } from '../thrown.js';
import { predictionsOf, randomPredictions } from './makePredictions.js';

const predictions = predictionsOf(
  [2, 1, 0, 2],
  [
    [0.5, 0.125, 0.375],
    [0.25, 0.25, 0.5],
    [0.75, 0, 0.25],
    [1, 0, 0],
  ],
);

describe('restrictPredictions', () => {
  it('drops images and probabilities of other classes and divides the rest by its sum', () => {
    const restricted = restrictPredictions(predictions, [0, 2]);
    expect(restricted.classes.map(({ id }) => id)).toEqual(['a', 'c']);
    expect(restricted.imageIds).toEqual(['image 0', 'image 2', 'image 3']);
    expect([...restricted.labels]).toEqual([1, 0, 1]);
    expect([...restricted.probabilities].map((p) => Number(p.toFixed(6)))).toEqual([
      0.571429, 0.428571, 0.75, 0.25, 1, 0,
    ]);
  });

  it('takes classes without any probability as alike', () => {
    expect([...restrictPredictions(predictions, [1, 2]).probabilities]).toEqual([
      0.25,
      0.75,
      ...[1 / 3, 2 / 3].map(Math.fround),
      0.5,
      0.5,
    ]);
  });

  it('finds the classes that have images, and wants two', () => {
    expect(presentClasses(predictions)).toEqual([0, 1, 2]);
    expect(presentClasses({ ...predictions, labels: Int32Array.of(2, 2, 0, 0) })).toEqual([0, 2]);
    expect(thrown(() => restrictPredictions(predictions, [1]))).toMatchObject({ code: 'too-few-classes' });
    const none = { ...predictions, labels: Int32Array.of(0, 0, 0, 0) };
    expect(thrown(() => restrictPredictions(none, [1, 2]))).toMatchObject({ code: 'no-predictions' });
  });
});

it('a restricted calibration scales alike before and after, and covers no less', () => {
  const all = randomPredictions(300, 3);
  const thresholds = [0.02, 0.05, 0.04, 0.01, 0.1, 0.3, 0.02];
  const conformal = [{ level: 0.9, thresholds, images: [1, 2, 3, 4, 5, 6, 7] }];
  const kept = [4, 5];
  const calibration = restrictCalibration({ temperature: 1.7, conformal }, kept);
  expect(calibration.conformal).toEqual([{ level: 0.9, thresholds: [0.1, 0.3], images: [5, 6] }]);
  const scaled = { ...all, probabilities: scaleTemperature(all.probabilities, 7, 1.7) };
  const first = restrictPredictions(scaled, kept);
  const own = restrictPredictions(all, kept);
  const after = scaleTemperature(own.probabilities, 2, 1.7);
  for (const [i, p] of after.entries()) expect(Math.abs(p - first.probabilities[i])).toBeLessThan(1e-5);
  const whole = measureCoverage(scaled, conformal[0]);
  const restricted = measureCoverage(first, calibration.conformal[0]);
  for (const [place, k] of kept.entries())
    expect(restricted.perClass[place]!).toBeGreaterThanOrEqual(whole.perClass[k]!);
});
