import { describe, expect, it } from 'vitest';
import { Random } from '../../src/random.js';
import { describeCurves } from '../../src/training/curveNotes.js';
import type { EpochRecord } from '../../src/training/events.js';

function curves(
  epochs: number,
  train: (epoch: number) => number,
  validation: (epoch: number) => number,
  balanced: (epoch: number) => number = (epoch) => 0.3 + epoch / 100,
): EpochRecord[] {
  return Array.from({ length: epochs }, (_, i) => ({
    epoch: i + 1,
    trainLoss: train(i + 1),
    trainAccuracy: 0.5,
    validationLoss: validation(i + 1),
    validationAccuracy: 0.5,
    validationBalancedAccuracy: balanced(i + 1),
    learningRate: 1e-3,
    seconds: 1,
    imagesPerSecond: 100,
  }));
}

const falling = (epoch: number) => 1 + Math.exp(-epoch / 6);
const turning = (epoch: number) => 1.2 + 0.004 * (epoch - 10) ** 2;
const jitter = (seed: number, size: number) => {
  const random = new Random(seed);
  return () => size * random.normal();
};

describe('describeCurves', () => {
  it('finds where validation loss rises while training loss falls', () => {
    const [note, ...others] = describeCurves(curves(25, falling, turning));
    expect(others).toEqual([]);
    expect(note).toMatchObject({ kind: 'overfitting', lastEpoch: 25 });
    expect(note.firstEpoch).toBe(10);
    expect(note.text).toMatch(
      /^Overfitting from epoch 10 on: validation loss rises \(1\.2 to about 1\.98 by epoch 25\)/,
    );
    expect(note.text).toContain('surer of its mistakes');
  });

  it('says so when the accuracy turned first', () => {
    const [note] = describeCurves(curves(25, falling, turning, (epoch) => 0.6 - Math.abs(epoch - 7) / 100));
    expect(note.text).toContain('best in epoch 7 (0.6), before that');
    const [same] = describeCurves(curves(25, falling, turning, (epoch) => 0.6 - Math.abs(epoch - 10) / 100));
    expect(same.text).toContain('that same epoch 10 (0.6)');
  });

  it('finds it under jitter too', () => {
    const noise = jitter(1, 0.03);
    const notes = describeCurves(curves(25, falling, (epoch) => turning(epoch) + noise()));
    expect(notes.map(({ kind }) => kind)).toEqual(['overfitting']);
  });

  it('is silent where both fall and flatten, but for one noisy curve in fifty', () => {
    let alarms = 0;
    for (let seed = 0; seed < 500; seed++) {
      const noise = jitter(seed, 0.03);
      const notes = describeCurves(curves(25, falling, (epoch) => 1.2 + Math.exp(-epoch / 3) + noise()));
      if (notes.some(({ kind }) => kind === 'overfitting')) alarms++;
    }
    expect(alarms).toBeLessThanOrEqual(10);
  });

  it('does not call one odd last epoch overfitting', () => {
    const odd = (epoch: number) => (epoch === 20 ? 2 : falling(epoch) + 0.2);
    expect(describeCurves(curves(20, falling, odd)).map(({ kind }) => kind)).not.toContain('overfitting');
  });

  it('does not call it overfitting where the training loss rises as well', () => {
    expect(describeCurves(curves(25, turning, turning)).map(({ kind }) => kind)).not.toContain('overfitting');
  });

  it('says that a training was cut short', () => {
    const [note] = describeCurves(curves(10, falling, falling));
    expect(note).toMatchObject({ kind: 'still-improving', firstEpoch: 8, lastEpoch: 10 });
  });

  it('says that nothing was learned', () => {
    const [note] = describeCurves(
      curves(
        8,
        () => 1.94,
        () => 1.95,
      ),
    );
    expect(note).toMatchObject({ kind: 'not-learning', firstEpoch: 1, lastEpoch: 8 });
  });

  it('says that a training diverged', () => {
    const [note] = describeCurves(curves(8, (epoch) => (epoch > 3 ? Number.NaN : 1), falling));
    expect(note).toMatchObject({ kind: 'diverged', firstEpoch: 4, lastEpoch: 8 });
  });

  it('says nothing about the first epochs', () => {
    expect(describeCurves([])).toEqual([]);
    expect(describeCurves(curves(3, falling, turning))).toEqual([]);
  });
});
