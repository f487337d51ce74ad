import { describe, expect, it } from 'vitest';
import type { EpochRecord } from '../../src/training/events.js';
import { findBestEpoch } from '../../src/training/findBestEpoch.js';
import { type CheckpointChoice, judgeEpoch, noCheckpoints } from '../../src/training/optimisation/checkpointRule.js';
import { validationWeights } from '../../src/training/recipe/classBalance.js';
import { scoreValidation } from '../../src/training/validate.js';

const figures = (balancedAccuracy: number, logLoss = 1, macroAuroc: number | null = 0.5) => ({
  balancedAccuracy,
  logLoss,
  macroAuroc,
});

/** Epochs that are kept, in their order. */
function kept(epochs: readonly ReturnType<typeof figures>[], choice: CheckpointChoice = {}): number[] {
  let memory = noCheckpoints;
  return epochs.flatMap((epoch, i) => {
    // What choosing remembers goes through JSON where a training is gone on with.
    const judged = judgeEpoch(JSON.parse(JSON.stringify(memory)), epoch, choice, epochs.length);
    memory = judged.memory;
    return judged.best ? [i + 1] : [];
  });
}

describe('the best epoch', () => {
  const lucky = [0.5, 0.9, 0.5, 0.6, 0.7, 0.72, 0.71, 0.71].map((value) => figures(value));

  it('is the one with the highest balanced accuracy, the earlier on ties', () => {
    expect(kept(lucky)).toEqual([1, 2]);
    expect(kept([0, 0, 0].map((value) => figures(value)))).toEqual([1]);
  });

  it('by a mean over epochs is none that was lucky once', () => {
    // Means of three from the third on: 0.633, 0.667, 0.6, 0.673, 0.71, 0.713.
    expect(kept(lucky, { checkpointSmoothing: 3 })).toEqual([1, 2, 3, 4, 6, 7, 8]);
    // A mean over more epochs than there are is not waited for.
    expect(kept(lucky, { checkpointSmoothing: 50 })).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('by log loss or macro AUROC is another one', () => {
    const epochs = [figures(0.9, 0.7, 0.8), figures(0.5, 0.4, 0.85), figures(0.6, 0.5, 0.95), figures(0.6, 0.4, null)];
    expect(kept(epochs, { checkpointRule: 'log-loss' })).toEqual([1, 2]);
    expect(kept(epochs, { checkpointRule: 'macro-auroc' })).toEqual([1, 2, 3]);
    expect(kept(epochs, { checkpointRule: 'last' })).toEqual([1, 2, 3, 4]);
    expect(() => kept([{ balancedAccuracy: 1 } as ReturnType<typeof figures>], { checkpointRule: 'log-loss' })).toThrow(
      expect.objectContaining({ kind: 'usage' }),
    );
  });

  it('is told from what the epochs say, and from balanced accuracy where they say nothing', () => {
    const record = (epoch: number, validationBalancedAccuracy: number, best?: boolean) =>
      ({ epoch, validationBalancedAccuracy, best }) as EpochRecord;
    expect(findBestEpoch([record(1, 0.9, true), record(2, 0.5, true), record(3, 0.6, false)])?.epoch).toBe(2);
    expect(findBestEpoch([record(1, 0.5), record(2, 0.9), record(3, 0.9)])?.epoch).toBe(2);
  });
});

describe('validation', () => {
  // Rows of probabilities of three images, the last of which only fills up.
  const rows = [
    [0.7, 0.2, 0.1],
    [0.4, 0.5, 0.1],
    [0.3, 0.3, 0.4],
    [1, 0, 0],
  ];
  const classifier = {
    classCount: 3,
    batchSize: 4,
    classify: async () => ({ probabilities: Float32Array.from(rows.flat()) }),
  } as unknown as Parameters<typeof scoreValidation>[0];
  const batch = { images: new Float32Array(), labels: Int32Array.of(0, 0, 1, 1), used: 3 };

  it('gives the log loss under the frequencies that the network answers for, and the mean AUROC of the classes that have one', async () => {
    const { loss, logLoss, macroAuroc } = await scoreValidation(classifier, [1, 1, 1], 1, () => batch, [1, 4, 9]);
    expect(loss).toBeCloseTo(-(Math.log(0.7) + Math.log(0.4) + Math.log(0.3)) / 3, 6);
    expect(logLoss).toBeCloseTo(-(Math.log(0.7) + Math.log(0.4) + 4 * Math.log(0.3)) / 6, 6);
    // Class 0: both images above the other's; class 1: one of two below, one above; class 2 has no image.
    expect(macroAuroc).toBeCloseTo((1 + 0.5) / 2, 9);
  });

  it('weights classes by their trained over their counted frequency', () => {
    const balance = { classWeights: [1, 2], trainedPrevalence: [0.5, 0.5] };
    expect(validationWeights(balance, [0, 0, 0, 1]).answerWeights).toEqual([2 / 3, 2]);
    expect(validationWeights({ classWeights: [1, 2] }, [0, 1])).toEqual({ classWeights: [1, 2] });
  });
});
