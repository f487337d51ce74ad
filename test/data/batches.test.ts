import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { augmentationSettings } from '../../src/data/augmentation/augmentationSettings.js';
import {
  type BatchSource,
  makeBatch,
  normaliseImage,
  planBatches,
  planEvaluationBatches,
} from '../../src/data/augmentation/batches.js';
import type { PreparedImages, Preprocessing } from '../../src/data/preparation/preprocessing.js';

describe('planBatches', () => {
  it('shows every image once an epoch, whatever the sizes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer(),
        (count, batchSize, seed) => {
          const plan = planBatches({ count, batchSize, seed });
          const seen: number[][] = [];
          for (let step = 0; step * batchSize < 3 * count; step++) {
            const { rows, epochs, padding } = plan.batchRows(step);
            expect([rows.length, epochs.length, padding]).toEqual([batchSize, batchSize, 0]);
            rows.forEach((row, i) => {
              seen[epochs[i]] ??= [];
              seen[epochs[i]].push(row);
            });
          }
          const all = Array.from({ length: count }, (_, i) => i);
          for (let epoch = 0; epoch < 3; epoch++) expect(seen[epoch].toSorted((a, b) => a - b)).toEqual(all);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('takes a fresh order each epoch and each seed, and the same for any way to a step', () => {
    const plan = planBatches({ count: 50, batchSize: 8, seed: 4 });
    const inOrder = Array.from({ length: 30 }, (_, step) => [...plan.batchRows(step).rows]);
    const backwards = planBatches({ count: 50, batchSize: 8, seed: 4 });
    for (let step = 29; step >= 0; step--) expect([...backwards.batchRows(step).rows]).toEqual(inOrder[step]);
    expect(inOrder.flat().slice(0, 50)).not.toEqual(inOrder.flat().slice(50, 100));
    expect([...planBatches({ count: 50, batchSize: 8, seed: 5 }).batchRows(0).rows]).not.toEqual(inOrder[0]);
  });

  it('counts steps', () => {
    const plan = planBatches({ count: 25, batchSize: 10, seed: 0 });
    expect(plan.stepsPerEpoch).toBe(2.5);
    expect([0, 1, 2, 3].map((epoch) => plan.epochEnd(epoch))).toEqual([2, 5, 7, 10]);
    expect(() => planBatches({ count: 0, batchSize: 1, seed: 0 })).toThrow(
      /count: expected a whole number from 1, found 0/,
    );
  });
});

describe('makeBatch', () => {
  const imageSize = 4;
  const length = imageSize * imageSize * 3;
  const images: PreparedImages = {
    imageSize,
    imageIds: Array.from({ length: 9 }, (_, i) => `image${i}`),
    read: (index, target, offset = 0) => {
      for (let i = 0; i < length; i++) target[offset + i] = (index * 25 + i) % 256;
    },
  };
  const preprocessing: Preprocessing = {
    imageSize,
    fit: 'squash',
    resize: 'bilinear-antialiased',
    mean: [0.5, 0.25, 0.75],
    std: [0.5, 0.25, 0.2],
    statistics: 'test',
  };
  const source: BatchSource = { images, indices: [8, 6, 4, 2, 0], labels: [3, 1, 4, 1, 5], preprocessing, seed: 0 };

  it('normalises images in order and marks what fills the last batch', () => {
    const plan = planEvaluationBatches({ count: 5, batchSize: 3 });
    expect(plan.steps).toBe(2);
    const target = new Float32Array(3 * length);
    const batch = makeBatch(source, plan.batchRows(1), target);
    expect(batch.images).toBe(target);
    expect([...batch.indices]).toEqual([3, 4, -1]);
    expect([...batch.labels]).toEqual([1, 5, 5]);
    const pixels = new Uint8Array(length);
    images.read(2, pixels);
    for (let c = 0; c < 3; c++)
      for (let i = 0; i < 16; i++)
        expect(batch.images[c * 16 + i]).toBeCloseTo(
          (pixels[i * 3 + c] / 255 - preprocessing.mean[c]) / preprocessing.std[c],
          6,
        );
    const one = new Float32Array(length + 1);
    normaliseImage(pixels, preprocessing, one, 1);
    expect(one.subarray(1)).toEqual(batch.images.subarray(0, length));
  });

  it('varies an image by seed and epoch, not by its place in a batch', () => {
    const augmentation = augmentationSettings.parse({ rotationDegrees: 40, brightness: 0.5 });
    const augmented = { ...source, augmentation };
    const rows = (rows: number[], epoch: number) => ({
      step: 0,
      rows: Int32Array.from(rows),
      epochs: new Int32Array(rows.length).fill(epoch),
      padding: 0,
    });
    const first = makeBatch(augmented, rows([1, 2], 0)).images;
    expect(makeBatch(augmented, rows([2, 1], 0)).images.subarray(length)).toEqual(first.subarray(0, length));
    expect(makeBatch(augmented, rows([1, 2], 1)).images).not.toEqual(first);
    expect(makeBatch({ ...augmented, seed: 1 }, rows([1, 2], 0)).images).not.toEqual(first);
    expect(makeBatch(source, rows([1, 2], 0)).images).not.toEqual(first);
  });

  it('makes images smaller for training, the same whether they are varied or not', () => {
    const { batchRows } = planEvaluationBatches({ count: 2, batchSize: 2 });
    const small = makeBatch({ ...source, side: 2 }, batchRows(0));
    expect(small.images.length).toBe(2 * 3 * 4);
    const off = makeBatch({ ...source, side: 2, augmentation: augmentationSettings.parse({}) }, batchRows(0));
    expect(off.images).toEqual(small.images);
    // Each pixel is the antialiased mean of those around it.
    const mean = (values: Float32Array, from: number, to: number) =>
      values.subarray(from, to).reduce((sum, value) => sum + value, 0) / (to - from);
    const whole = makeBatch(source, batchRows(0)).images;
    for (const plane of [0, 1, 2, 3, 4, 5])
      expect(mean(small.images, plane * 4, plane * 4 + 4)).toBeCloseTo(mean(whole, plane * 16, plane * 16 + 16), 0);
    const turned = makeBatch(
      { ...source, side: 3, augmentation: augmentationSettings.parse({ rotationDegrees: 40, crop: [0.5, 1] }) },
      batchRows(0),
    );
    expect(turned.images.length).toBe(2 * 3 * 9);
    expect(turned.images.every(Number.isFinite)).toBe(true);
  });

  it('refuses images of another size and memory of another length', () => {
    const { batchRows } = planEvaluationBatches({ count: 5, batchSize: 3 });
    expect(() => makeBatch({ ...source, preprocessing: { ...preprocessing, imageSize: 5 } }, batchRows(0))).toThrow(
      /images: expected pictures of 5 pixels, as preprocessing says, found 4/,
    );
    expect(() => makeBatch(source, batchRows(0), new Float32Array(7))).toThrow(
      /target: expected 144 values, 3 images of \[3, 4, 4\], found 7/,
    );
  });
});
