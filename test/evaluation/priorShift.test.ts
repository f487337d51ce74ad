import { expect, it } from 'vitest';
import { fitCalibration } from '../../src/evaluation/certainty/fitCalibration.js';
import { fitPriorShift, shiftPriors } from '../../src/evaluation/certainty/priorShift.js';
import { evaluatePredictions } from '../../src/evaluation/index.js';
import { Random } from '../../src/random.js';

/** Images of three classes of unequal frequency, and the answers of a network that is right for equal ones. */
function predictions(seed: number) {
  const random = new Random(seed, 'prior-shift');
  const frequency = [0.7, 0.25, 0.05];
  const count = 3000;
  const labels = Int32Array.from({ length: count }, () => {
    const draw = random.next();
    return draw < 0.7 ? 0 : draw < 0.95 ? 1 : 2;
  });
  const probabilities = new Float32Array(3 * count);
  for (let i = 0; i < count; i++) {
    // One number is seen, of a normal distribution around each class's own: the likelihood ratios are known.
    const x = random.normal() + 1.5 * labels[i];
    const likelihoods = [0, 1.5, 3].map((mean) => Math.exp(-((x - mean) ** 2) / 2));
    const sum = likelihoods.reduce((a, b) => a + b);
    likelihoods.forEach((likelihood, k) => {
      probabilities[3 * i + k] = likelihood / sum;
    });
  }
  const ids = Array.from(labels, (_, i) => `${i}`);
  return {
    frequency,
    given: {
      classes: ['a', 'b', 'c'].map((id) => ({ id, name: id })),
      imageIds: ids,
      lesionIds: ids,
      labels,
      probabilities,
    },
  };
}

it('finds the frequencies of the images that a network for equal ones is shown', () => {
  const { frequency, given } = predictions(1);
  const { factors, lossBefore, lossAfter } = fitPriorShift(given);
  const sum = factors.reduce((a, b) => a + b);
  factors.forEach((factor, k) => {
    expect(factor / sum).toBeCloseTo(frequency[k], 1);
  });
  expect(lossAfter).toBeLessThan(lossBefore - 0.1);
  // At the maximum of the likelihood the mean probability of a class is its frequency.
  const shifted = shiftPriors(given.probabilities, factors);
  for (let k = 0; k < 3; k++) {
    const mean = shifted.reduce((total, value, i) => total + (i % 3 === k ? value : 0), 0) / given.labels.length;
    expect(mean).toBeCloseTo(given.labels.filter((label) => label === k).length / given.labels.length, 5);
  }
  expect([...shiftPriors([0.5, 0.5], [3, 1])]).toEqual([0.75, 0.25]);
});

it('is a named step of the calibration, reported beside the answers, which it leaves alone', () => {
  const [{ given: fitted }, { given: tested }] = [predictions(1), predictions(2)];
  const calibration = fitCalibration(fitted);
  const plain = evaluatePredictions(tested, { split: 'test', seed: 0, resamples: 0 });
  const {
    calibration: found,
    accuracy,
    balancedAccuracy,
  } = evaluatePredictions(tested, { split: 'test', seed: 0, resamples: 0, calibration });
  expect([accuracy, balancedAccuracy]).toEqual([plain.accuracy, plain.balancedAccuracy]);
  expect(found!.priorShift!.factors).toEqual(calibration.priorShift!.factors);
  expect(found!.priorShift!.accuracy).toBeGreaterThan(accuracy);
  expect(found!.priorShift!.balancedAccuracy).toBeLessThan(balancedAccuracy);
  expect(found!.priorShift!.quality.loss).toBeLessThan(found!.after.loss);
});
