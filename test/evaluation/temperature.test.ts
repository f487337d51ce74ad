import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fitTemperature, scaleTemperature } from '../../src/evaluation/certainty/temperature.js';
import { mostProbable } from '../../src/evaluation/predictions/mostProbable.js';
import { predictionsOf, randomPredictions } from './makePredictions.js';

interface Case {
  name: string;
  labels: number[];
  probabilities: number[][];
  temperature: number;
  loss: number;
  scaled: number[][];
}

const cases: Case[] = JSON.parse(
  readFileSync(new URL('../fixtures/evaluation/temperature.json', import.meta.url), 'utf8'),
);

describe('fitTemperature', () => {
  it.each(cases)('finds what SciPy finds: $name', ({ labels, probabilities, temperature, loss, scaled }) => {
    const predictions = predictionsOf(labels, probabilities);
    const fit = fitTemperature(predictions);
    expect(fit.temperature).toBeCloseTo(temperature, 4);
    expect(fit.lossAfter).toBeCloseTo(loss, 7);
    expect(fit.lossAfter).toBeLessThanOrEqual(fit.lossBefore);
    expect(fit.images).toBe(labels.length);
    const found = scaleTemperature(predictions.probabilities, probabilities[0].length, temperature);
    for (const [i, value] of scaled.flat().entries()) expect(found[i]).toBeCloseTo(value, 6);
  });

  it('changes no answer', () => {
    const { probabilities } = randomPredictions(300, 3);
    for (const temperature of [0.3, 1, 4])
      expect(mostProbable(scaleTemperature(probabilities, 7, temperature), 7)).toEqual(mostProbable(probabilities, 7));
  });

  it('leaves probabilities as they are at 1', () => {
    const { probabilities } = randomPredictions(50, 4);
    const same = scaleTemperature(probabilities, 7, 1);
    for (const [i, p] of probabilities.entries()) expect(same[i]).toBeCloseTo(p, 6);
  });

  it('stays within bounds where validation can not tell', () => {
    const certain = predictionsOf(
      [0, 1],
      [
        [0.9, 0.1],
        [0.1, 0.9],
      ],
    );
    const { temperature } = fitTemperature(certain);
    expect(temperature).toBeGreaterThanOrEqual(0.05);
    expect(temperature).toBeLessThan(0.1);
    expect(() => fitTemperature(predictionsOf([], [[1, 0]].slice(1) as number[][], { classes: [] }))).toThrow(/none/);
  });
});
