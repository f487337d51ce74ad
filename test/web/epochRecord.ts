import type { EpochRecord } from '../../src/training/events.js';

/** A made-up line of metrics.jsonl: better with every epoch. */
export const epochRecord = (epoch: number): EpochRecord => ({
  epoch,
  trainLoss: 2 / epoch,
  trainAccuracy: 1 - 0.5 / epoch,
  validationLoss: 2.1 / epoch,
  validationAccuracy: 1 - 0.55 / epoch,
  validationBalancedAccuracy: 1 - 0.6 / epoch,
  learningRate: 0.001,
  seconds: 1.5,
  imagesPerSecond: 100,
});
