import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { learningRateAt, type ScheduleOptions } from '../../src/training/optimisation/schedules.js';

interface Case extends ScheduleOptions {
  steps: number;
  /** Whole; so that a step's epoch is plain. */
  stepsPerEpoch: number;
  /** Every how many steps a rate is there. */
  stride: number;
  rates: number[];
}
const { cases } = JSON.parse(readFileSync(new URL('../fixtures/training/schedules.json', import.meta.url), 'utf8')) as {
  cases: Case[];
};

const noSteps = { stepEpochs: 1, stepFactor: 1 };
const label = ({ schedule, steps, warmUp }: Case) => `${schedule}, ${steps} steps, warm-up ${warmUp}`;

describe('schedules', () => {
  it.each(cases.map((test) => [label(test), test] as const))('equal PyTorch: %s', (_, test) => {
    test.rates.forEach((rate, i) => {
      const epoch = Math.floor((i * test.stride) / test.stepsPerEpoch);
      expect(Math.abs(learningRateAt(i * test.stride, test.steps, epoch, test) / rate - 1)).toBeLessThan(1e-9);
    });
  });

  it('one-cycle begins at 1/25, peaks after the warm-up, and comes near to 1/250,000', () => {
    const options: ScheduleOptions = { ...noSteps, schedule: 'one-cycle', learningRate: 0.01, warmUp: 0.25 };
    expect(learningRateAt(0, 400, 0, options)).toBeCloseTo(0.01 / 25, 12);
    expect(learningRateAt(100, 400, 0, options)).toBe(0.01);
    // Half of either way, half of the climb.
    expect(learningRateAt(50, 400, 0, options)).toBeCloseTo((0.01 + 0.01 / 25) / 2, 12);
    expect(learningRateAt(250, 400, 0, options)).toBeCloseTo((0.01 + 0.01 / 25e4) / 2, 12);
    expect(learningRateAt(400, 400, 0, options)).toBeCloseTo(0.01 / 25e4, 12);
    const last = learningRateAt(399, 400, 0, options);
    expect(last).toBeGreaterThan(0.01 / 25e4);
    expect(last).toBeLessThan(0.01 / 1e4);
  });

  it('cosine rises linearly, then falls to half at its middle', () => {
    const options: ScheduleOptions = { ...noSteps, schedule: 'cosine', learningRate: 1, warmUp: 0.1 };
    const rates = Array.from({ length: 100 }, (_, step) => learningRateAt(step, 100, 0, options));
    for (let step = 1; step < 10; step++) expect(rates[step] - rates[step - 1]).toBeCloseTo(1 / 11, 12);
    expect(rates[0]).toBeCloseTo(1 / 11, 12);
    expect(Math.max(...rates)).toBe(rates[10]);
    expect(rates[10]).toBe(1);
    expect(rates[55]).toBeCloseTo(0.5, 12);
    expect(rates[99]).toBeGreaterThan(0);
    expect(rates[99]).toBeLessThan(0.001);
  });

  it('constant warms up where asked, and is constant', () => {
    const rate = (step: number, warmUp: number) =>
      learningRateAt(step, 10, 0, { ...noSteps, schedule: 'constant', learningRate: 0.2, warmUp });
    expect([0, 5, 9].map((step) => rate(step, 0))).toEqual([0.2, 0.2, 0.2]);
    expect(rate(0, 0.5)).toBeCloseTo(0.2 / 6, 12);
    expect(rate(5, 0.5)).toBe(0.2);
  });

  it.each(['constant', 'step', 'cosine', 'one-cycle'] as const)(
    '%s never leaves (0, highest], whatever the lengths',
    (schedule) => {
      for (const steps of [1, 2, 3, 17]) {
        for (const warmUp of [0, 0.3, 1]) {
          for (let step = 0; step < steps; step++) {
            const rate = learningRateAt(step, steps, step, {
              stepEpochs: 2,
              stepFactor: 0.5,
              schedule,
              learningRate: 0.1,
              warmUp,
            });
            expect(rate, `${steps} steps, warm-up ${warmUp}, step ${step}`).toBeGreaterThan(0);
            expect(rate).toBeLessThanOrEqual(0.1);
          }
        }
      }
    },
  );
});
