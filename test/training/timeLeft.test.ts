import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { planBatches } from '../../src/data/augmentation/batches.js';
import type { TrainEvent } from '../../src/training/events.js';
import { makeTimeLeft } from '../../src/training/timeLeft.js';
import { train } from '../../src/training/train.js';
import type { Trainer } from '../../src/training/trainer.js';

describe('makeTimeLeft', () => {
  it('knows nothing before the first step', () => {
    expect(makeTimeLeft().forecast({ steps: 10, validations: 1 })).toBeNull();
  });

  it('counts steps and validations', () => {
    const left = makeTimeLeft();
    left.addSteps(4, 2);
    expect(left.forecast({ steps: 10, validations: 3 })).toBe(20);
    left.addValidation(5);
    expect(left.forecast({ steps: 10, validations: 3 })).toBe(35);
    expect(left.forecast({ steps: 0, validations: 0 })).toBe(0);
  });

  it('does not take a pause for slowness', () => {
    const left = makeTimeLeft();
    for (const seconds of [1, 600, 1, 1]) left.addSteps(seconds, 1);
    expect(left.forecast({ steps: 10, validations: 0 })).toBe(10);
  });

  it('follows a machine that becomes slower', () => {
    const left = makeTimeLeft();
    for (let i = 0; i < 50; i++) left.addSteps(1, 1);
    for (let i = 0; i < 20; i++) left.addSteps(3, 1);
    expect(left.forecast({ steps: 10, validations: 0 })).toBe(30);
  });
});

describe('events of a training', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Steps of 2 seconds, validations of 5; epochs end after 2, 5 and 7 steps. */
  it('tell how many seconds are left', async () => {
    const spend = async <T>(seconds: number, result: T) => {
      vi.setSystemTime(Date.now() + 1000 * seconds);
      return result;
    };
    const batch = {
      images: new Float32Array(),
      labels: new Int32Array(4),
      indices: new Int32Array(4),
      epoch: 0,
      step: 0,
    };
    const trainer = {
      options: { batchSize: 4, classCount: 2 },
      step: () => spend(2, { loss: 1, weight: 4, correct: 2 }),
      synchronise: async () => {},
      evaluatedWeights: () => new Map(),
    };
    const told: [string, number | null][] = [];
    const events: AsyncIterable<TrainEvent> = train({
      trainer: trainer as unknown as Trainer,
      training: {
        epochs: 3,
        learningRate: 0.1,
        schedule: 'constant',
        warmUp: 0,
        stepEpochs: 1,
        stepFactor: 0.5,
        earlyStopping: 0,
      },
      classIds: ['mel', 'nv'],
      plan: planBatches({ count: 10, batchSize: 4, seed: 0 }),
      batches: { next: async () => batch, recycle: () => {} },
      validate: () => spend(5, { loss: 1, accuracy: 0.5, balancedAccuracy: 0.5, recall: [0.5, 0.5] }),
    });
    for await (const event of events)
      if (event.type === 'step') told.push([`step ${event.record.step}`, event.secondsLeft]);
      else if (event.type === 'epoch') told.push([`epoch ${event.record.epoch}`, event.secondsLeft]);
    expect(told).toEqual([
      // Validations are unknown until there was one.
      ['step 1', 6 * 2],
      ['step 2', 5 * 2],
      ['epoch 1', 5 * 2 + 2 * 5],
      ['step 3', 4 * 2 + 2 * 5],
      ['step 4', 3 * 2 + 2 * 5],
      ['step 5', 2 * 2 + 2 * 5],
      ['epoch 2', 2 * 2 + 5],
      ['step 6', 2 + 5],
      ['step 7', 5],
      ['epoch 3', 0],
    ]);
  });
});
