import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cholesky, invertLower, shrunkCovariance } from '../../src/evaluation/certainty/linearAlgebra.js';
import { largestWidth } from '../../src/evaluation/certainty/outOfDistribution.js';
import {
  evaluatePredictions,
  fitOutOfDistribution,
  outOfDistributionThreshold,
  scoreOutOfDistribution,
} from '../../src/evaluation/index.js';
import { Random } from '../../src/random.js';
import { thrown } from '../thrown.js';
import { randomPredictions } from './makePredictions.js';

interface Case {
  readonly name: string;
  readonly classes: number;
  readonly columns: number;
  readonly labels: number[];
  readonly features: number[][];
  readonly residuals: number[];
  readonly covariance: number[];
  readonly shrinkage: number;
  readonly cholesky: number[];
  readonly inverse: number[];
  readonly queries: number[][];
  readonly scores: number[];
}

const cases: Case[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/evaluation/outOfDistribution.json'), 'utf8'),
);

/** Largest difference, of the largest number. */
const differ = (found: ArrayLike<number>, expected: number[]) =>
  Math.max(...expected.map((value, i) => Math.abs(found[i] - value))) / Math.max(...expected.map(Math.abs));

describe.each(cases)('$name, against NumPy and scikit-learn', (given) => {
  const { columns, labels, classes } = given;

  it('shrinks a covariance', () => {
    const { matrix, shrinkage } = shrunkCovariance(Float64Array.from(given.residuals), columns);
    expect(shrinkage).toBeCloseTo(given.shrinkage, 10);
    expect(differ(matrix, given.covariance)).toBeLessThan(1e-9);
  });

  it('factors and inverts', () => {
    const lower = cholesky(Float64Array.from(given.covariance), columns);
    expect(differ(lower, given.cholesky)).toBeLessThan(1e-12);
    expect(differ(invertLower(lower, columns), given.inverse)).toBeLessThan(1e-10);
  });

  it('measures the distance to the nearest class', () => {
    const statistics = fitOutOfDistribution({ features: given.features.flat(), labels, classes });
    const scores = scoreOutOfDistribution(statistics, given.queries.flat());
    // Statistics are kept in float32.
    for (const [i, score] of given.scores.entries()) expect(Math.abs(scores[i] / score - 1)).toBeLessThan(1e-4);
  });
});

describe('features of many numbers', () => {
  const random = new Random(3);
  const columns = largestWidth + 100;
  const draw = (count: number, spread: number) =>
    Float32Array.from({ length: count * columns }, () => random.normal(0, spread));
  const features = draw(80, 1);
  const labels = Array.from({ length: 80 }, (_, i) => i % 2);

  it('are projected, the same way for the same seed, and still tell what is far', () => {
    const fitted = fitOutOfDistribution({ features, labels, classes: 3, seed: 4 });
    expect([fitted.features, fitted.width, fitted.whitening.length]).toEqual([
      columns,
      largestWidth,
      columns * largestWidth,
    ]);
    // The third class has no images, and so no mean.
    expect(fitted.means.length).toBe(2 * largestWidth);
    expect(fitOutOfDistribution({ features, labels, classes: 3, seed: 4 }).whitening).toEqual(fitted.whitening);
    expect(fitOutOfDistribution({ features, labels, classes: 3, seed: 5 }).whitening).not.toEqual(fitted.whitening);
    const near = scoreOutOfDistribution(fitted, draw(20, 1));
    const far = scoreOutOfDistribution(fitted, draw(20, 3));
    expect(Math.min(...far)).toBeGreaterThan(Math.max(...near));
  });
});

describe('what cannot be', () => {
  it('is refused, and a network that always says the same is not', () => {
    expect(thrown(() => cholesky(Float64Array.of(1, 2, 2, 1), 2))).toMatchObject({ code: 'not-positive-definite' });
    expect(thrown(() => fitOutOfDistribution({ features: [], labels: [], classes: 2 }))).toMatchObject({
      kind: 'usage',
    });
    const fitTwo = (features: number[]) => fitOutOfDistribution({ features, labels: [0, 1], classes: 2 });
    expect(thrown(() => fitTwo([1, 2, Number.NaN, 4]))).toMatchObject({ code: 'unexpected-value' });
    const silent = fitTwo([0, 0, 0, 0]);
    expect([...scoreOutOfDistribution(silent, [0, 0, 1, 0])]).toEqual([0, expect.closeTo(1, 5)]);
    expect(thrown(() => scoreOutOfDistribution(silent, [1, 2, 3]))).toMatchObject({ code: 'features-width' });
    expect(thrown(() => outOfDistributionThreshold([]))).toMatchObject({ kind: 'usage' });
  });
});

describe('the threshold', () => {
  it('leaves at most 1% of the scores above it', () => {
    for (const count of [1, 50, 100, 101, 1000, 1602]) {
      const scores = new Random(count).shuffle(Array.from({ length: count }, (_, i) => i));
      const threshold = outOfDistributionThreshold(scores);
      const above = scores.filter((score) => score > threshold).length;
      expect(above).toBe(Math.floor(count / 100));
    }
    expect(outOfDistributionThreshold([4, 1, 3, 2], 0.5)).toBe(2);
  });
});

describe('its evaluation', () => {
  const predictions = randomPredictions(120, 1);
  const images = predictions.labels.length;
  const evaluate = (flagged: number, resamples: number) =>
    evaluatePredictions(predictions, {
      split: 'test',
      seed: 1,
      resamples,
      outOfDistribution: {
        threshold: 10,
        trainingImages: 70,
        scores: Array.from({ length: images }, (_, i) => (i < flagged ? 11 : 10)),
        foreign: new Map([
          ['noise', [20, 30, 5, 12]],
          ['blank', [10, 10]],
        ]),
      },
    }).outOfDistribution!;

  it('counts false alarms and hits', () => {
    const found = evaluate(3, 200);
    expect(found).toMatchObject({ threshold: 10, trainingImages: 70 });
    expect(found.falseAlarms).toMatchObject({ images: 3, rate: 3 / images });
    const [low, high] = found.falseAlarms.interval!;
    expect(low).toBeLessThan(3 / images);
    expect(high).toBeGreaterThan(3 / images);
    expect(found.hits).toEqual([
      { kind: 'noise', images: 4, rate: 0.75 },
      { kind: 'blank', images: 2, rate: 0 },
    ]);
  });

  it('keeps an interval where nothing is flagged, and has none where none was asked for', () => {
    const [low, high] = evaluate(0, 50).falseAlarms.interval!;
    expect(low).toBe(0);
    expect(high).toBeGreaterThan(0);
    expect(evaluate(2, 0).falseAlarms.interval).toBeNull();
    expect(evaluatePredictions(predictions, { split: 'test', seed: 1, resamples: 0 }).outOfDistribution).toBeNull();
  });
});
