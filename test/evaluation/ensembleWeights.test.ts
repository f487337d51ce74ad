import { describe, expect, it } from 'vitest';
import { averagePredictions, fitEnsembleWeights, type Predictions } from '../../src/evaluation/index.js';
import { Random } from '../../src/random.js';

const classes = ['a', 'b', 'c'].map((id) => ({ id, name: id }));

/** Predictions that are right as often, and as sure, as `skill` says, in [0, 1]. */
function made(labels: readonly number[], skill: number, stream: string): Predictions {
  const random = new Random(1, stream);
  const probabilities = labels.flatMap((label) => {
    const row = classes.map((_, k) => 0.1 + random.next() + (k === label ? 3 * skill : 0));
    const sum = row.reduce((a, b) => a + b, 0);
    return row.map((value) => value / sum);
  });
  return {
    classes,
    imageIds: labels.map((_, i) => `i${i}`),
    lesionIds: labels.map((_, i) => `l${i}`),
    labels: Int32Array.from(labels),
    probabilities: Float32Array.from(probabilities),
  };
}

/** Mean over classes of the mean negative log-likelihood. */
function balancedLoss({ labels, probabilities }: Predictions): number {
  const losses = classes.map((_, k) => {
    const own = [...labels.keys()].filter((i) => labels[i] === k);
    return own.reduce((sum, i) => sum - Math.log(probabilities[i * 3 + k]), 0) / own.length;
  });
  return losses.reduce((a, b) => a + b, 0) / losses.length;
}

// Nine in ten are of the first class.
const labels = Array.from({ length: 300 }, (_, i) => (i % 10 === 0 ? 1 + ((i / 10) % 2) : 0));

describe('averagePredictions', () => {
  it('is the weighted mean, image by image', () => {
    const [a, b] = [made(labels, 1, 'a'), made(labels, 0.2, 'b')];
    const mean = averagePredictions([a, b], [0.75, 0.25]);
    for (let i = 0; i < mean.probabilities.length; i++)
      expect(mean.probabilities[i]).toBeCloseTo(0.75 * a.probabilities[i] + 0.25 * b.probabilities[i], 6);
  });

  it('leaves a single network as it is, to the bit', () => {
    const a = made(labels, 1, 'a');
    expect(averagePredictions([a], [1])).toEqual(a);
  });
});

describe('fitEnsembleWeights', () => {
  // The third is sure of what is wrong.
  const wrong = {
    ...made(labels, 1, 'c'),
    probabilities: Float32Array.from(labels.flatMap((label) => classes.map((_, k) => (k === label ? 0.02 : 0.49)))),
  };
  const parts = [made(labels, 0.5, 'a'), made(labels, 0.5, 'b'), wrong];
  const { weights, lossBefore, lossAfter } = fitEnsembleWeights(parts);

  it('finds the minimum: a grid over all weights has nothing lower', () => {
    expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    expect(lossAfter).toBeCloseTo(balancedLoss(averagePredictions(parts, weights)), 6);
    expect(lossBefore).toBeCloseTo(balancedLoss(averagePredictions(parts, [1 / 3, 1 / 3, 1 / 3])), 6);
    expect(lossAfter).toBeLessThan(lossBefore);
    for (let x = 0; x <= 20; x++)
      for (let y = 0; x + y <= 20; y++) {
        const tried = [x / 20, y / 20, (20 - x - y) / 20];
        expect(balancedLoss(averagePredictions(parts, tried))).toBeGreaterThan(lossAfter - 1e-4);
      }
  });

  it('leaves out who adds nothing', () => {
    expect(weights[2]).toBe(0);
    expect(weights[0]).toBeGreaterThan(0.05);
    expect(weights[1]).toBeGreaterThan(0.05);
  });

  it('gives equal members equal weights', () => {
    const same = fitEnsembleWeights([parts[0], parts[0]]);
    expect(same.weights[0]).toBeCloseTo(0.5, 12);
    expect(same.lossAfter).toBeCloseTo(same.lossBefore, 12);
  });

  it('counts diagnoses alike: who knows the rare ones is preferred', () => {
    // One is always right about the common class alone, the other about the two rare ones alone.
    const knows = (right: (label: number) => boolean): Predictions => ({
      ...parts[0],
      probabilities: Float32Array.from(
        labels.flatMap((label) => classes.map((_, k) => (right(label) ? (k === label ? 0.9 : 0.05) : 1 / 3))),
      ),
    });
    const found = fitEnsembleWeights([knows((label) => label === 0), knows((label) => label !== 0)]);
    expect(found.weights[1]).toBeGreaterThan(0.6);
  });

  it('refuses to choose on nothing', () => {
    const none = { ...parts[0], labels: new Int32Array(0), probabilities: new Float32Array(0) };
    expect(() => fitEnsembleWeights([none, none])).toThrow(/validation images/);
  });
});
