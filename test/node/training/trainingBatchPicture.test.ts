import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { normaliseImage } from '../../../src/data/augmentation/batches.js';
import { denormaliseImage } from '../../../src/data/preparation/denormalise.js';
import type { Batch } from '../../../src/data/preparation/preprocessing.js';
import { sharpCodec } from '../../../src/node/files/codec.js';
import { drawTrainingBatch, writeTrainingBatchPicture } from '../../../src/node/training/trainingBatchPicture.js';

const imageSize = 20;
const preprocessing = {
  imageSize,
  fit: 'squash',
  resize: 'bilinear-antialiased',
  mean: [0.7, 0.5, 0.4],
  std: [0.1, 0.2, 0.3],
  statistics: 'test',
} as const;
const classes = [
  { id: 'mel', name: 'Melanoma' },
  { id: 'nv', name: 'Melanocytic naevus' },
];

function someBatch(): Batch {
  const images = new Float32Array(3 * 3 * imageSize ** 2);
  for (let i = 0; i < 3; i++) {
    const pixels = new Uint8Array(imageSize ** 2 * 3).map((_, at) => (i * 70 + at) % 256);
    normaliseImage(pixels, preprocessing, images, i * pixels.length);
  }
  return { images, labels: Int32Array.of(0, 1, 1), indices: Int32Array.of(4, 2, -1), epoch: 0, step: 0 };
}

it('undoes normalisation exactly', () => {
  const { data } = denormaliseImage(someBatch().images, preprocessing, 1);
  expect(data).toEqual(new Uint8Array(imageSize ** 2 * 3).map((_, at) => (70 + at) % 256));
});

it('writes a picture of the batch without the rows that only fill it up', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lesionlab-picture-'));
  try {
    const options = { batch: someBatch(), preprocessing, classes, imageIds: ['a', 'b', 'c', 'd', 'e'] };
    await writeTrainingBatchPicture(join(folder, 'runs', 'training-batch.png'), options);
    const picture = await sharpCodec.decode(readFileSync(join(folder, 'runs', 'training-batch.png')));
    expect(picture).toEqual(drawTrainingBatch(options));
    expect(picture.width).toBe(12 + 2 * (200 + 12));
    // Below the title stands the bar in the colour of the first class.
    const bar = (46 * picture.width + 12) * 3;
    expect([...picture.data.subarray(bar, bar + 3)]).toEqual([0xe6, 0x9f, 0x00]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
