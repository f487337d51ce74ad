import { describe, expect, it } from 'vitest';
import {
  defaultLearningRateRange,
  type FindLearningRateOptions,
  findLearningRate,
  type LearningRateFinding,
  type LearningRateRecord,
  readLearningRates,
} from '../../src/training/findLearningRate.js';

const batch = { images: new Float32Array(), labels: new Int32Array(), indices: new Int32Array(), epoch: 0, step: 0 };

async function search(
  loss: (learningRate: number, step: number) => number,
  more: Partial<FindLearningRateOptions> = {},
): Promise<LearningRateFinding> {
  let [taken, returned] = [0, 0];
  const events = findLearningRate({
    trainer: {
      step: async (_images, _labels, learningRate) => ({ loss: loss(learningRate, taken - 1), weight: 1, correct: 0 }),
    },
    batches: {
      next: async () => {
        taken += 1;
        return batch;
      },
      recycle: () => {
        returned += 1;
      },
    },
    range: defaultLearningRateRange,
    ...more,
  });
  const records: LearningRateRecord[] = [];
  for await (const event of events) {
    if (event.type === 'step') records.push(event.record);
    else {
      expect(event.finding.records).toEqual(records);
      expect(returned).toBe(taken);
      return event.finding;
    }
  }
  throw new Error('no finding');
}

/** Gradient descent on curvature * w^2 / 2, from w = 1. */
function descent(curvature: number) {
  let w = 1;
  return (learningRate: number) => {
    const loss = 1 + (curvature * w * w) / 2;
    w -= learningRate * curvature * w;
    return loss;
  };
}

describe('learning rate range test', () => {
  it('rises exponentially between its ends', async () => {
    const range = { lowest: 1e-5, highest: 1, steps: 21 };
    const { records, reason } = await search(() => 1, { range });
    expect(reason).toBe('all-steps');
    expect(records.map(({ step }) => step)).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
    records.forEach(({ learningRate }, i) => {
      expect(Math.log10(learningRate)).toBeCloseTo(-5 + i / 4, 10);
    });
  });

  it('smooths without a bias to the zero that it begins with', async () => {
    const { records } = await search((_, step) => 3 - 0.01 * step, { smoothing: 0.8 });
    expect(records[0].smoothedLoss).toBeCloseTo(3, 12);
    let [sum, weights] = [0, 0];
    for (const { loss, smoothedLoss } of records) {
      sum = 0.8 * sum + loss;
      weights = 0.8 * weights + 1;
      expect(smoothedLoss).toBeCloseTo(sum / weights, 10);
    }
  });

  it.each([10, 100, 1000])('suggests what descends and stays below what diverges: curvature %d', async (curvature) => {
    const { reason, steepest, minimum, tenthOfMinimum, records } = await search(descent(curvature));
    expect(reason).toBe('loss-rose');
    expect(records.length).toBeLessThan(defaultLearningRateRange.steps);
    // From 2 / curvature on, gradient descent diverges.
    expect(steepest!).toBeGreaterThan(0.003 / curvature);
    expect(steepest!).toBeLessThan(2 / curvature);
    expect(minimum!).toBeGreaterThan(steepest!);
    expect(tenthOfMinimum).toBe(minimum! / 10);
  });

  it('ends once the smoothed loss is four times its lowest, or no number', async () => {
    const rose = await search((_, step) => (step < 60 ? 1 : 100));
    expect(rose.reason).toBe('loss-rose');
    expect(rose.records).toHaveLength(61);
    const diverged = await search((_, step) => (step < 60 ? 1 : Number.NaN));
    expect(diverged.reason).toBe('diverged');
    expect(diverged.records).toHaveLength(60);
  });

  it('ends when asked', async () => {
    let asked = 0;
    const { reason, records } = await search(() => 1, { shouldStop: () => ++asked === 7 });
    expect(reason).toBe('interrupted');
    expect(records).toHaveLength(7);
  });

  it.each([
    ['stays', () => 2],
    ['only rises', (_: number, step: number) => 1 + step / 100],
    ['wobbles', (_: number, step: number) => 2 + 0.01 * Math.sin(step)],
  ])('suggests nothing where the loss %s', async (_, loss) => {
    const { steepest, minimum, tenthOfMinimum } = await search(loss);
    expect([steepest, minimum, tenthOfMinimum]).toEqual([null, null, null]);
  });

  it('reads nothing off the first steps, whose means are of few', () => {
    const record = (step: number) => ({ step, learningRate: 10 ** step, loss: 9 - step, smoothedLoss: 9 - step });
    expect(readLearningRates(Array.from({ length: 8 }, (_, i) => record(i)))).toMatchObject({ steepest: null });
    expect(readLearningRates([])).toMatchObject({ minimum: null });
  });
});
